"""Findings and samples of single values: who may write the configuration, partitions of which nothing is read yet,
who holds a lock, when the console's certificate ends."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.config import Text, Tree
from etl.monitoring import LockWait, Situation, TopicsStatus, certificates
from etl.monitoring.certificates import (
    check_certificate,
    check_kafka_certificate,
    check_postgresql_certificates,
    check_zookeeper_certificates,
    expiry_of,
)
from etl.monitoring.config_checks import check_trust, check_viewers
from etl.monitoring.kafka_status import PartitionStatus
from etl.monitoring.topic_measures import _of_reading
from tests.unit.settings.reading import settings_of

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_tree_that_others_may_write_or_read() -> None:
    texts = {f"configs/{name}.txt": Text("password=x\n", "1") for name in "abcde"}
    found = Tree(texts, "zookeeper://z:2181/etl", dict.fromkeys(texts, "its ACL is open"), frozenset(["configs/a.txt"]))
    [written, read] = check_trust(found)
    assert written.found.startswith(
        "its ACL is open: who writes configs/a.txt, configs/b.txt, configs/c.txt and 2 more"
    )
    assert "setAcl -R" in written.do
    assert read.found == "configs/a.txt holds a secret, and any user may read it"
    [written, read] = check_trust(replace(found, origin="file:/etc/etl"))
    assert written.do.startswith("close it: chown it to the account that runs etl")
    assert list(check_trust(Tree(texts, "file:/etc/etl"))) == []


def test_users_of_a_proxy_who_would_see_nothing() -> None:
    def said(console: str) -> list[str]:
        texts = {"configs/WebConfig.txt": Text(console, "1"), "companies/shop/x.yaml": Text("", "1")}
        return [one.found for one in check_viewers(Tree(texts, "file:/etc/etl"), {})]

    proxy = "identity=proxy\ntrustedProxies=unix\ngroupRoles="
    assert said(f"{proxy}ops:operator; s:viewer@shop") == []
    assert said(f"{proxy}ops:operator; s:partner@shoop") == [
        "groupRoles gives s the role partner in shoop, which is no company"
    ]
    assert said("identity=proxy") == [
        "identity=proxy trusts no proxy: all users are refused",
        "identity=proxy gives no group a role: users see nothing",
    ]
    assert said("identity=password\ngroupRoles=s:partner@shoop") == said("identity=x") == []


READ = PartitionStatus("t", 0, 5, 9, 4, 12.0, "worker", 3, NOW, NOW, "", True)


def test_samples_of_partitions() -> None:
    unread = replace(READ, partition=1, next_offset=None, end=None, lag=None, lag_seconds=None)
    found = TopicsStatus(is_reading=True, partitions=(READ, unread), rejected={"t": {"A": 2}})
    samples = [(one.measure.name, one.labels.get("partition"), one.value) for one in _of_reading(found, {})]
    assert [one for one in samples if one[1] == "0"] != []
    assert {name for name, partition, _ in samples if partition == "0"} - {
        name for name, partition, _ in samples if partition == "1"
    } == {name for name, partition, value in samples if partition == "0" and value in (4, 12.0, 5)}
    assert list(_of_reading(replace(found, is_reading=False), {})) == []


def test_who_has_a_lock() -> None:
    lock = LockWait(task="in_Contract", pid=4711, role="report", application="", since=NOW)
    found = Situation(company="demo", locks=(lock,))
    assert found.lock_statement.endswith("where pid = 4711;")
    prepared = replace(found, locks=(replace(lock, pid=0),))
    assert prepared.lock_statement == "select gid, owner, prepared from pg_prepared_xacts order by prepared;"
    assert Situation(company="demo").lock_statement == ""


def issue(folder: Path, *, days: int) -> Path:
    folder.mkdir(exist_ok=True)
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run([*made, *files, "-subj", "/CN=a", "-days", str(days)], check=True, capture_output=True)
    return folder / "cert.pem"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One that is good for ten days."""
    return issue(tmp_path, days=10)


def said(certificate: Path | str, monkeypatch: pytest.MonkeyPatch, *, later: timedelta = timedelta()) -> list[str]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Clock":
            return cls.fromtimestamp((datetime.now(UTC) + later).timestamp(), UTC)

    monkeypatch.setattr(certificates, "datetime", Clock)
    tree = Tree({"configs/WebConfig.txt": Text(f"tlsCertificate={certificate}\n", "1")}, "file:/etc/etl")
    return [f"{one.level.value}: {one.found}" for one in check_certificate(tree, {})]


def test_a_certificate_that_ends_soon_has_ended_or_is_none(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("", monkeypatch) == []
    assert said(certificate, monkeypatch) == [f"warning: {certificate} ends in 9 days"]
    assert said(certificate, monkeypatch, later=-timedelta(days=30))[0].startswith("ok: good until ")
    [ended] = said(certificate, monkeypatch, later=timedelta(days=11))
    assert ended.startswith(f"error: {certificate} ended at {expiry_of(certificate):%F %T} UTC")
    certificate.write_text("no certificate")
    assert said(certificate, monkeypatch) == [f"error: {certificate}: this is no certificate in PEM form"]


def test_the_certificate_for_brokers_too(certificate: Path) -> None:
    def found(**options: str) -> list[str]:
        settings = settings_of(
            {"configs/KafkaConfig.txt": "".join(f"{key}={value}\n" for key, value in options.items())}
        )
        return [f"{one.what}: {one.found}" for one in check_kafka_certificate(settings.kafka.connection)]

    assert found() == []
    option = "option.ssl.certificate.location"
    assert found(**{option: str(certificate)}) == [f"certificate for Kafka: {certificate} ends in 9 days"]
    [missing] = found(**{option: "/not/there"})
    assert missing == "certificate for Kafka: /not/there: the certificate cannot be read: No such file or directory"


def test_certificates_of_authorities(certificate: Path, tmp_path: Path) -> None:
    """Old and new ones may stand in one file: the last one counts, and of a folder none."""
    both = tmp_path / "both.pem"
    longer = issue(tmp_path / "longer", days=100)
    both.write_text(f"# Ünser\n{certificate.read_text()}\n{longer.read_text()}")

    def found(url: str) -> list[str]:
        return [f"{one.level.value} {one.what}: {one.found}" for one in check_zookeeper_certificates(url)]

    assert found("file:/etc/etl") == found("zookeeper://z/etl") == found("zookeeper://z/etl?unknown=1") == []
    [own, trusted] = found(f"zookeeper://z/etl?ca={certificate}&cert={certificate}&key=k")
    assert own == f"warning certificate for ZooKeeper: {certificate} ends in 9 days"
    assert trusted == f"warning authorities for ZooKeeper: {certificate} ends in 9 days"
    assert found(f"zookeeper://z/etl?ca={both}")[0].startswith("ok authorities for ZooKeeper: good until ")
    both.write_text(certificate.read_text() * 2)
    [soon] = found(f"zookeeper://z/etl?ca={both}")
    assert soon.endswith(f": the last of the 2 certificates in {both} ends in 9 days")
    kafka = settings_of({"configs/KafkaConfig.txt": f"option.ssl.ca.location={certificate}\n"}).kafka.connection
    assert [one.what for one in check_kafka_certificate(kafka)] == ["authorities for Kafka"]
    kafka = settings_of({"configs/KafkaConfig.txt": f"option.ssl.ca.location={tmp_path}\n"}).kafka.connection
    assert list(check_kafka_certificate(kafka)) == []


def test_certificates_for_postgresql(certificate: Path, tmp_path: Path) -> None:
    """By libpq's variables, or where it looks without them; nothing where no network is between."""
    settings = settings_of({})
    there = replace(settings.import_database, host="db.example")

    def found(host: str, environ: dict[str, str], home: Path = tmp_path) -> list[str]:
        databases = [replace(there, host=host)]
        return [f"{one.what}: {one.found}" for one in check_postgresql_certificates(databases, environ, home)]

    named = {"PGSSLCERT": str(certificate), "PGSSLROOTCERT": str(certificate)}
    soon = f"{certificate} ends in 9 days"
    assert found("", named) == found("/run", named) == found("db.example", {}) == []
    assert found("db.example", named) == [
        f"certificate for PostgreSQL: {soon}",
        f"authorities for PostgreSQL: {soon}",
    ]
    assert found("db.example", {"PGSSLROOTCERT": "system"}) == []
    usual = tmp_path / "home/.postgresql/root.crt"
    usual.parent.mkdir(parents=True)
    usual.write_text("none")
    [unreadable] = found("db.example", {}, tmp_path / "home")
    assert unreadable == f"authorities for PostgreSQL: {usual}: this is no certificate in PEM form"


def test_a_certificate_of_the_first_version(tmp_path: Path) -> None:
    """Without extensions, as older tools make them."""
    key, request, made = (f"{tmp_path}/{name}.pem" for name in ("key", "request", "cert"))
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch", "-subj", "/CN=a"]
    sign = ["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", "10", "-out", made]
    for command in (["openssl", "req", *curve, "-keyout", key, "-out", request], sign):
        subprocess.run(command, check=True, capture_output=True)
    assert (expiry_of(Path(made)) - datetime.now(UTC)).days == 9

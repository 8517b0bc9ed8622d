"""Signing in to ZooKeeper, TLS, what is created there, and keys that are not taken from texts that others may write."""

import gc
import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from kazoo.client import KazooClient
from kazoo.exceptions import NoAuthError
from kazoo.security import ACL, OPEN_ACL_UNSAFE, Id, Permissions, make_acl, make_digest_acl

from etl.config import Tree, open_source
from etl.config.permissions import why_open
from etl.errors import ConfigurationError
from etl.monitoring.config_checks import check_trust
from etl.settings.kafka_keys import KAFKA
from etl.settings.layers import read_layers
from tests.fix_zookeeper import SecureZookeeper

MAIN = "configs/InMigrationConfig.txt"
IMPORT = "configs/InMigrationPostgresConfig.txt"
PASSWORD = "ETL_ZOOKEEPER_PASSWORD"

# kazoo does not close the sockets whose handshake fails.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _garbage_collected(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Those sockets are found here, where their warning is ignored, and not in the next test."""
    yield
    caplog.get_records("call").clear()  # kazoo logs its errors, whose frames hold the sockets
    gc.collect()


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch, secure_zookeeper: SecureZookeeper) -> str:
    monkeypatch.setenv(PASSWORD, secure_zookeeper.password)
    return secure_zookeeper.password


@pytest.fixture
def root() -> str:
    return f"/test-{secrets.token_hex(6)}"


def urls(server: SecureZookeeper, root: str) -> dict[str, str]:
    ca, cert = f"ca={server.tls}/ca.pem", f"cert={server.tls}/client.pem&key={server.tls}/client.key"
    return {
        "digest": f"zookeeper://{server.user}@{server.plain}{root}",
        "sasl": f"zookeeper://{server.user}@{server.plain}{root}?auth=sasl",
        "digest and TLS": f"zookeeper://{server.user}@{server.secure}{root}?{ca}",
        "sasl and TLS": f"zookeeper://{server.user}@{server.secure}{root}?auth=sasl&tls=on&{ca}",
        "certificate": f"zookeeper://{server.secure}{root}?{ca}&{cert}",
    }


WAYS = ["digest", "sasl", "digest and TLS", "sasl and TLS", "certificate"]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_created_belongs_to_who_signed_in(
    secure_zookeeper: SecureZookeeper, password: str, root: str, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    logging.getLogger("kazoo").setLevel(1)
    url = urls(secure_zookeeper, root)[way]
    with open_source(url) as source:
        source.write(IMPORT, "password=hunter2")
        source.write("companies/a/b.txt", "x")
        tree = source.snapshot()
        assert tree.contents == {IMPORT: "password=hunter2", "companies/a/b.txt": "x"}
    assert (tree.open_texts, tree.readable, list(check_trust(tree))) == ({}, frozenset(), [])
    assert secure_zookeeper.user not in tree.origin
    stranger = KazooClient(secure_zookeeper.plain)
    stranger.start(timeout=10)
    for node in ("", "/configs", f"/{IMPORT}", "/companies", "/companies/a", "/companies/a/b.txt"):
        with pytest.raises(NoAuthError):
            stranger.get(root + node)
        with pytest.raises(NoAuthError):
            stranger.create(f"{root}{node}/stray")
    stranger.stop()
    stranger.close()
    said = "\n".join(record.getMessage() for record in caplog.records if record.name == "kazoo.etl")
    assert "hunter2" not in said
    assert password not in said
    assert f"{secure_zookeeper.user}:" not in said


@pytest.mark.parametrize("way", ["digest", "sasl"])
def test_a_wrong_password_is_reported_without_repeating_it(
    secure_zookeeper: SecureZookeeper, password: str, root: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_source(urls(secure_zookeeper, root)[way]) as source:
        source.write("a.txt", "x")
    monkeypatch.setenv(PASSWORD, "n0t the password")
    with open_source(urls(secure_zookeeper, root)[way]) as source, pytest.raises(ConfigurationError) as caught:
        source.snapshot()
    assert "does not let us read" in str(caught.value)
    assert "n0t" not in str(caught.value)


def test_a_user_without_a_password_is_reported(
    secure_zookeeper: SecureZookeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    source = open_source(urls(secure_zookeeper, "/x")["digest"])
    with pytest.raises(ConfigurationError, match=f"{PASSWORD} no password"):
        source.snapshot()


@pytest.mark.parametrize("query", ["tls=on", "ca={tls}/client.pem"])
def test_a_server_that_no_one_vouches_for_gets_no_password(
    secure_zookeeper: SecureZookeeper, password: str, query: str
) -> None:
    from etl.config.zookeeper import ZooKeeperSource

    place = f"zookeeper://{secure_zookeeper.user}@{secure_zookeeper.secure}/x"
    source = ZooKeeperSource(f"{place}?{query.format(tls=secure_zookeeper.tls)}", timeout=2)
    with pytest.raises(ConfigurationError, match="its certificate must"):
        source.snapshot()


def test_a_certificate_of_another_host_is_refused(secure_zookeeper: SecureZookeeper, password: str) -> None:
    from etl.config.zookeeper import ZooKeeperSource

    port = secure_zookeeper.secure.rpartition(":")[2]
    source = ZooKeeperSource(f"zookeeper://localhost:{port}/x?ca={secure_zookeeper.tls}/ca.pem", timeout=2)
    with pytest.raises(ConfigurationError, match="its certificate must be issued"):
        source.snapshot()


@pytest.fixture
def owner(secure_zookeeper: SecureZookeeper) -> Iterator[KazooClient]:
    """Signed in by digest as the engine."""
    auth = [("digest", f"{secure_zookeeper.user}:{secure_zookeeper.password}")]
    client = KazooClient(secure_zookeeper.plain, auth_data=auth)
    client.start(timeout=10)
    yield client
    client.stop()
    client.close()


def own(server: SecureZookeeper) -> ACL:
    return make_digest_acl(server.user, server.password, all=True)


@pytest.mark.parametrize(
    ("where", "acl", "is_open", "is_readable"),
    [
        ("", [make_acl("world", "anyone", create=True)], True, False),
        ("", [make_acl("world", "anyone", delete=True)], True, False),
        ("", [make_acl("world", "anyone", admin=True)], True, False),
        ("", [make_acl("world", "anyone", write=True)], False, False),
        ("/configs", [make_acl("world", "anyone", create=True)], True, False),
        ("/configs", OPEN_ACL_UNSAFE, True, False),
        (f"/{MAIN}", [make_acl("world", "anyone", write=True)], True, False),
        (f"/{MAIN}", [make_acl("world", "anyone", admin=True)], True, False),
        (f"/{MAIN}", [make_acl("world", "anyone", read=True)], False, True),
        (f"/{MAIN}", [ACL(Permissions.WRITE, Id("ip", "0.0.0.0/0"))], True, False),
        (f"/{MAIN}", [make_digest_acl("colleague", "x", write=True)], False, False),
    ],
)
def test_an_acl_that_lets_anyone_write_is_seen(
    secure_zookeeper: SecureZookeeper,
    password: str,
    root: str,
    owner: KazooClient,
    where: str,
    acl: list[ACL],
    is_open: bool,
    is_readable: bool,
) -> None:
    with open_source(urls(secure_zookeeper, root)["digest"]) as source:
        source.write(MAIN, "hookCommand=/bin/true")
        owner.set_acls(root + where, [own(secure_zookeeper), *acl])
        tree = source.snapshot()
    assert (MAIN in tree.open_texts, MAIN in tree.readable) == (is_open, is_readable)
    assert refused(tree) == ({"hookCommand"} if is_open else set())
    assert any("decides where passwords" in one.found for one in check_trust(tree)) == is_open


def refused(tree: Tree) -> set[str]:
    """The keys that are not taken, each with the reason."""
    layers = read_layers(tree.contents, tree.origin, "demo", {"X": "http://h/x"}, tree.open_texts)
    for problem in layers.problems:
        assert "is refused: " in problem.message
        assert any(why in problem.message for why in tree.open_texts.values())
    return {problem.key for problem in layers.problems}


@pytest.mark.parametrize("line", ["hookCommand=/bin/true", "hookCommand:ENV=X", "hookUrl=http://h/", "hookUrl:ENV=X"])
@pytest.mark.parametrize("path", [MAIN, f"companies/demo/{MAIN}"])
def test_guarded_keys_of_an_open_tree_are_refused(zookeeper_url: str, line: str, path: str) -> None:
    with open_source(zookeeper_url) as source:
        source.write(path, f"chunkRows=5000\n{line}\n")
        assert refused(source.snapshot()) == {line[:7].replace("hookCom", "hookCommand")}
        source.write(path, "chunkRows=5000\nhookCommand=\nhookUrl\n")
        assert refused(source.snapshot()) == set()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (IMPORT, "password"),
        (MAIN, "hookUrl"),
        (KAFKA, "option.sasl.password"),
        (KAFKA, "option.ssl.key.pem"),
        (KAFKA, "option.sasl.oauthbearer.client.secret"),
        (KAFKA, "option.sasl.oauthbearer.assertion.private.key.passphrase"),
    ],
)
def test_a_secret_that_anyone_may_read_is_reported_but_not_shown(zookeeper_url: str, path: str, key: str) -> None:
    with open_source(zookeeper_url) as source:
        source.write(path, f"host=h\n{key}=hunter2\n")
        found = [one.found for one in check_trust(source.snapshot())]
        assert f"{path} holds a secret, and any user may read it" in found
        assert "hunter2" not in str(found)
        source.write(path, f"host=h\n{key}:ENV=X\n")
        assert not any("secret" in one.found for one in check_trust(source.snapshot()))


@pytest.mark.parametrize(
    ("mode_of", "mode", "owner_of", "is_open"),
    [
        ("", 0o755, "", False),
        ("", 0o775, "", True),
        ("", 0o757, "", True),
        ("", 0o1777, "", False),
        ("configs", 0o777, "", True),
        (MAIN, 0o664, "", True),
        (MAIN, 0o646, "", True),
        (MAIN, 0o600, "", False),
        ("", 0o755, MAIN, True),
        ("", 0o755, "configs", True),
    ],
)
def test_a_file_that_others_may_write_is_seen(
    tmp_path: Path, mode_of: str, mode: int, owner_of: str, is_open: bool
) -> None:
    root = tmp_path / "tree"
    (root / "configs").mkdir(parents=True)
    (root / MAIN).write_text("hookCommand=/bin/true")
    (root / MAIN).chmod(0o644)
    (root / mode_of).chmod(mode)
    if owner_of:
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
        os.chown(root / owner_of, 65534, 65534)
    with open_source(f"file:{root}") as source:
        tree = source.snapshot()
    assert refused(tree) == ({"hookCommand"} if is_open else set())


def test_each_link_on_the_way_counts_with_its_folder(tmp_path: Path) -> None:
    for name in ("safe", "open", "tree"):
        (tmp_path / name).mkdir()
    (tmp_path / "safe/text").write_text("x")
    (tmp_path / "open/link").symlink_to(tmp_path / "safe/text")
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "tree/good").symlink_to("../safe/text")
    (tmp_path / "tree/bad").symlink_to("../open/link")
    assert why_open(tmp_path / "tree/good") == ""
    assert "/open may be written by any user (mode 0777)" in why_open(tmp_path / "tree/bad")

"""Settings of a role, a database or the environment change nothing of what we read, write or decide."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy

from etl.database import open_engine, snapshot, transaction
from etl.database.session import IGNORED_VARIABLES, PINNED
from etl.embedded import EmbeddedServer
from etl.errors import EnvironmentFault
from tests.fix_company import (
    CLAIMS,
    IMPORT_CONFIG,
    ONLY_ONE,
    PASSWORD,
    PASSWORD_VARIABLE,
    MakeSite,
    Site,
    new_site,
    superuser,
)
from tests.fix_database import LOOPBACK, Database, fresh_database
from tests.integration.database.session_settings import HARMLESS, ODD, PLANS

_SETTABLE = "('user', 'superuser', 'backend', 'superuser-backend')"
_LETTERS = "Имя 'q' \\ \\n \\' \u20ac end"


def test_every_setting_of_this_server_is_pinned_or_said_to_be_harmless(database: Database) -> None:
    """One that a newer PostgreSQL brings must be thought about first."""
    with psycopg.connect(**superuser(database)) as session:
        found = {
            str(name)
            for (name,) in session.execute(f"select name from pg_settings where context in {_SETTABLE}")
            if "." not in name  # an extension's
        }
    assert not found - set(ODD) - set(HARMLESS), "neither pinned nor known to be harmless"
    assert not set(ODD) & set(HARMLESS)
    assert {name.lower() for name in ODD} == {*PINNED, "default_transaction_isolation"}


def odd_role(site: Site) -> str:
    """The engine's role with the odd value of everything."""
    role = f"engine_{site.database.name}"
    for name, value in {**PLANS, **ODD}.items():
        if site.look("select from pg_settings where lower(name) = lower(%s)", [name]):
            listed = value if name == "search_path" else f"'{value}'"
            site.look(f"set check_function_bodies to on; alter role {role} set {name} to {listed}")
    return role


@pytest.mark.parametrize("begin", [transaction, snapshot])
def test_a_transaction_has_our_values_whatever_the_role_says(make_site: MakeSite, begin: Any) -> None:
    site = make_site(CLAIMS)
    access = site.database.tcp(odd_role(site), PASSWORD)
    engine = open_engine(access)
    for _ in range(2):  # the second one is of a session that the first has left behind
        with begin(engine) as connection:
            rows = connection.execute(sqlalchemy.text("select lower(name), setting from pg_catalog.pg_settings")).all()
            levels = connection.execute(sqlalchemy.text("show transaction isolation level")).scalar()
            [text] = connection.execute(sqlalchemy.text("select cast(:text as text)"), {"text": _LETTERS}).one()
        settings: dict[str, str] = {str(name): str(value) for name, value in rows}
        assert {name: settings[name] for name in PINNED} == PINNED | {
            "lock_timeout": "5000",
        }
        assert levels == ("repeatable read" if begin is snapshot else "read committed")
        assert text == _LETTERS
    engine.dispose()


@pytest.fixture
def other_database(server: EmbeddedServer, template: Database) -> Iterator[Database]:
    with fresh_database(server, template) as database:
        yield database


def results_of_commands(site: Site, folder: Path) -> dict[str, object]:
    """A whole life: check, fill, two runs with good and bad rows, status, export; what can be compared of it."""
    folder.mkdir()
    source = folder / "Client.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([["in_id", "Name", "Amount"], ["c1", _LETTERS, "1.5"], ["c2", "NULL", "3e3"]])
    codes = [site.etl("check").code, site.etl("fill", str(source)).code]
    site.partner.fill("in_Client", {"in_id": "c3", "name": "01/02/2024"}, {"in_id": "", "name": "missing"})
    site.partner.fill("in_Claim", {"in_id": "k1", "title": "a\\b"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k1", "client_id": "c1"})
    site.partner.hand_over()
    codes.append(site.etl("run").code)
    site.partner("update in_Client set name = name || '!', in_status = '' where in_id = 'c1'")
    site.partner.hand_over()
    codes.append(site.etl("run").code)
    codes += [site.etl(*words).code for words in (("status",), ("age",), ("out", "list"), ("generate-ddl", "--diff"))]
    codes.append(site.etl("export", "client", "--format", "csv", "-o", str(folder)).code)
    with (folder / "client.csv").open(encoding="utf-8", newline="") as file:
        exported = sorted((row["name"], row["amount"]) for row in csv.DictReader(file))
    return {
        "codes": codes,
        "exported": exported,
        "statuses": site.partner.statuses("in_Client"),
        "links": site.count("out_demo_1_1._claim_client_"),
        "errors": site.look("select in_id, code, value, message from in_tables.err order by id"),
        "receipts": site.look(
            "select in_table, claimed, created, changed, unchanged, rejected from in_tables.migration_receipt "
            "order by 1, 2"
        ),
    }


@pytest.mark.nightly
@ONLY_ONE
def test_a_whole_life_is_the_same(make_site: MakeSite, other_database: Database, tmp_path: Path) -> None:
    plain = make_site(CLAIMS)
    (tmp_path / "odd").mkdir()
    odd = new_site(other_database, tmp_path / "odd", CLAIMS)
    odd_role(odd)
    odd.look(f"alter database {other_database.name} set datestyle to 'SQL, DMY'")
    try:
        expected = results_of_commands(plain, tmp_path / "of plain")
        assert expected["codes"] == [0, 0, 1, 0, 0, 0, 0, 0, 0]
        assert ("Имя 'q' \\ \\n \\' \u20ac end!", "1.5000") in expected["exported"]  # type: ignore[operator]
        assert results_of_commands(odd, tmp_path / "of odd") == expected
    finally:
        odd.partner.session.close()


def test_libpqs_variables_change_neither_server_nor_session(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    values = {
        "PGAPPNAME": "another",
        "PGCLIENTENCODING": "nonsense",
        "PGDATESTYLE": "nonsense",
        "PGGEQO": "nonsense",
        "PGHOSTADDR": "127.0.0.99",
        "PGLOADBALANCEHOSTS": "nonsense",
        "PGOPTIONS": "-c default_transaction_read_only=on -c no.such=thing -c nonsense=1",
        "PGSERVICE": "missing",
        "PGSERVICEFILE": "/nowhere",
        "PGTARGETSESSIONATTRS": "standby",
        "PGTZ": "nonsense",
    }
    assert set(values) == set(IGNORED_VARIABLES)
    site.partner.fill("in_Client", {"in_id": "a", "name": "x"})
    site.partner.hand_over()
    ended = site.etl("run", **values, PGDATABASE="other", PGUSER="other", PGPORT="1", PGHOST="127.0.0.98")
    assert (ended.code, site.partner.statuses("in_Client")) == (0, {"DONE": 1}), ended.err


def test_a_password_may_come_from_a_file_of_libpqs(make_site: MakeSite, tmp_path: Path) -> None:
    site = make_site(CLAIMS)
    site.edit(IMPORT_CONFIG, f"password:ENV={PASSWORD_VARIABLE}\n", "")
    secret = tmp_path / "passwords"
    secret.write_text(f"{LOOPBACK}:*:*:*:{PASSWORD}\n")
    secret.chmod(0o600)
    assert site.etl("status", PGPASSFILE=str(secret)).code == 0
    secret.write_text(f"{LOOPBACK}:*:*:*:wrong\n")
    ended = site.etl("status", PGPASSFILE=str(secret))
    assert ended.code == 4
    for words in ("password authentication failed", "retrieved from file", "correct username and password"):
        assert words in ended.err
    assert "wrong" not in ended.err.replace(str(secret), "")


@pytest.mark.parametrize("password", ["trail ", " lead", "\ttabs\t", " ", "in the\u00a0middle\u00a0", "new\nline\n"])
def test_a_password_of_the_environment_is_taken_as_it_is(make_site: MakeSite, password: str) -> None:
    site = make_site(CLAIMS)
    site.look(f"alter role engine_{site.database.name} password {psycopg.sql.quote(password)}")
    assert site.etl("status", **{PASSWORD_VARIABLE: password}).code == 0
    assert site.etl("status", **{PASSWORD_VARIABLE: password + "x"}).code == 4


def test_check_says_what_an_encoding_lacks(make_site: MakeSite) -> None:
    from etl.monitoring.databases import databases
    from etl.monitoring.server_checks import check_encoding

    site = make_site(CLAIMS)
    configured = site.text(IMPORT_CONFIG)
    for encoding, level, said, cure in (
        ("WIN1251", "warning", "rejected", "bring what is there by `etl move`"),
        ("KOI8R", "warning", "rejected", "bring what is there by `etl move`"),
        # No run succeeds there, so there is nothing to bring.
        ("LATIN1", "error", "no Cyrillic", f"name it in dbName of {IMPORT_CONFIG}"),
        ("UTF8", "warning", "e-mails with others differ by case", "bring what is there by `etl move`"),
    ):
        site.write(IMPORT_CONFIG, configured)
        checked = in_encoding(site, encoding)
        [finding] = check_encoding(checked(databases))
        assert (finding.level.value, said in finding.found, cure in finding.do) == (level, True, True), encoding


def in_encoding(site: Site, encoding: str) -> Any:
    """The site's place, in another database of that encoding."""
    name = f"{site.database.name}_{encoding.lower()}"
    with psycopg.connect(**superuser(site.database), autocommit=True) as session:
        session.execute(f"create database {name} encoding '{encoding}' template template0 locale 'C'")
        session.execute(f"grant create on database {name} to engine_{site.database.name}")
    site.edit(IMPORT_CONFIG, f"dbName={site.database.name}\n", f"dbName={name}\n")

    def first(databases: Any) -> Any:
        with site.runtime() as runtime:
            return databases(runtime)[0]

    return first


@pytest.mark.parametrize(
    ("encoding", "good", "lacking"),
    [
        ("WIN1251", "Имя «—» №", ["Қазақ", "a\U0001f600", "日本", "\u0098"]),
        ("KOI8R", "Имя ©", ["«", "Қ", "日本"]),
        ("ISO_8859_5", "Имя №", ["\u20ac", "«", "Қ"]),
        ("EUC_TW", "名", ["Имя"]),
    ],
)
def test_a_file_keeps_its_letters_and_the_rows_that_cannot_are_rejected(
    make_site: MakeSite, tmp_path: Path, encoding: str, good: str, lacking: list[str]
) -> None:
    site = make_site(CLAIMS)
    in_encoding(site, encoding)
    assert site.etl("generate-ddl", "--direction", "in", "--apply").code == 0
    source = tmp_path / "Client.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        rows = [(str(number), text) for number, text in enumerate([good, *lacking])]
        csv.writer(file).writerows([("in_id", "Name"), *rows])
    ended = site.etl("fill", str(source))
    name = f"{site.database.name}_{encoding.lower()}"
    database = Database(name, site.database.host, site.database.port, site.database.username)
    with psycopg.connect(**superuser(database), client_encoding="UTF8") as session:
        stored = [text for (text,) in session.execute("select name from in_tables.in_client order by in_id")]
    if encoding == "EUC_TW":  # Python knows nothing of it: the whole file is refused
        assert (ended.code, stored) == (3, [])
        assert "nothing loaded" in ended.err
    else:
        assert (ended.code, stored) == (1, [good])
        assert f"{len(lacking)} rows rejected" in ended.out


def test_a_database_without_an_encoding_is_refused(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    in_encoding(site, "SQL_ASCII")
    with site.runtime() as runtime, pytest.raises(EnvironmentFault, match="SQL_ASCII"), transaction(runtime.engine):
        pass
    ended = site.etl("check")
    [found] = [line for line in ended.out.splitlines() if "SQL_ASCII" in line]
    cure = "create another one with template template0 encoding 'UTF8' locale 'C.UTF-8', and name it in dbName"
    assert (ended.code, cure in ended.out, "start the server" in ended.out) == (1, True, False), found
    assert cure in site.etl("run").err


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("default_transaction_read_only", "on", "read-only by default"),
        ("session_replication_role", "replica", "constraints are not checked"),
    ],
)
@pytest.mark.parametrize("whose", ["role engine_{name}", "database {name}"])
def test_check_reports_what_keeps_runs_from_going_well(
    make_site: MakeSite, setting: str, value: str, said: str, whose: str
) -> None:
    site = make_site(CLAIMS)
    site.look(f"alter {whose.format(name=site.database.name)} set {setting} to {value}")
    ended = site.etl("check")
    assert (ended.code, said in ended.out) == (1, True), ended.out

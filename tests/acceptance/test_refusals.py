"""What stands in the way of a run: each case ends with its exit code and one clear message."""

import socket

import pytest

from tests.fix_company import CLAIMS, CODE, IMPORT_CONFIG, PASSWORD, PASSWORD_VARIABLE, STORE, Ended, MakeSite, Site
from tests.fix_database import LOOPBACK


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def refused(result: Ended, code: int, *words: str) -> None:
    """The message stands on stderr alone, begins with the command's name, says the words and shows no traceback."""
    assert (result.code, result.out) == (code, ""), result
    assert result.err.startswith("etl: ")
    assert "Traceback" not in result.err
    assert PASSWORD not in result.err
    assert not [word for word in words if word not in result.err], result.err


def nothing_to_do(result: Ended, *words: str) -> None:
    assert (result.code, result.err) == (0, ""), result
    assert result.out.startswith("Nothing to do: ")
    assert not [word for word in words if word not in result.out], result.out


def test_a_marker_that_is_not_ready(site: Site) -> None:
    site.partner("insert into process_tracking (id, oper_date, load_status) values (7, current_date, 0)")
    nothing_to_do(
        site.etl("run"), "in_tables.process_tracking id=7", "load_status=0", "the partner has not handed over"
    )


def test_a_finished_marker(site: Site) -> None:
    assert site.etl("run").code == 0
    nothing_to_do(site.etl("run"), "in_tables.process_tracking id=1")
    assert len(site.look("select 1 from in_tables.run")) == 1


def test_imports_are_switched_off(site: Site) -> None:
    site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=false")
    nothing_to_do(site.etl("run"), "hasInMigration", IMPORT_CONFIG)


def test_a_wrong_password(site: Site) -> None:
    result = site.etl("run", **{PASSWORD_VARIABLE: "guessed"})
    refused(result, 4, "password authentication failed", f"{LOOPBACK}:{site.database.port}", IMPORT_CONFIG, "correct")
    assert "guessed" not in result.err
    assert len(result.err.splitlines()) == 1


def test_an_undefined_password_variable(site: Site) -> None:
    del site.environ[PASSWORD_VARIABLE]
    refused(site.etl("run"), 2, f"{IMPORT_CONFIG}:5", "password", PASSWORD_VARIABLE)


def test_a_server_that_is_down(site: Site) -> None:
    with socket.socket() as probe:
        # Bound and not listening: the port stays unused as long as the test runs.
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
        site.edit(IMPORT_CONFIG, f"port={site.database.port}", f"port={port}")
        result = site.etl("run")
    refused(result, 4, "refused", f"{LOOPBACK}:{port}", IMPORT_CONFIG, "start the server or correct host and port")
    assert len(result.err.splitlines()) == 1


def test_a_database_that_is_missing(site: Site) -> None:
    site.edit(IMPORT_CONFIG, f"dbName={site.database.name}", "dbName=nowhere")
    refused(site.etl("run"), 4, "nowhere", "does not exist", "create the database or correct dbName")


def test_a_schema_that_is_missing(site: Site) -> None:
    site.look("drop schema in_tables cascade")
    refused(site.etl("run"), 4, "schema in_tables", "not ready", f"`etl generate-ddl --company {CODE} --apply`")


def test_a_table_that_is_missing(site: Site) -> None:
    site.look("drop table in_tables.in_Claim_Watchers")
    result = site.etl("run")
    refused(result, 4, "create table in_tables.in_Claim_Watchers", f"`etl generate-ddl --company {CODE} --apply`")
    assert "in_Client" not in result.err


def test_a_marker_table_that_is_missing(site: Site) -> None:
    site.look("drop table in_tables.process_tracking")
    refused(site.etl("run"), 4, "process_tracking", f"`etl generate-ddl --company {CODE} --apply`")


def test_a_column_of_another_type(site: Site) -> None:
    site.look("alter table in_tables.in_Client alter Amount type text")
    result = site.etl("run")
    refused(result, 4, "in_tables.in_Client.Amount", "is text", "numeric(24,4)")
    assert "generate-ddl" not in result.err  # it would not help


def test_a_column_that_is_missing(site: Site) -> None:
    site.look("alter table in_tables.in_Client drop column Amount")
    result = site.etl("run")
    refused(result, 4, "missing: add column in_tables.in_Client.Amount", f"`etl generate-ddl --company {CODE} --apply`")
    assert "in_Claim" not in result.err


_TRIGGER = """
create function in_tables.evil() returns trigger language plpgsql as 'begin return new; end';
create trigger evil before update on in_tables.in_Client for each row execute function in_tables.evil()
"""


@pytest.mark.parametrize(
    ("sql", "difference"),
    [
        (_TRIGGER, "in_tables.in_Client: carries triggers: evil"),
        ("create rule r as on update to in_tables.in_Client do also notify x", "in_tables.in_Client: carries rules: r"),
        ("alter table in_tables.in_Client enable row level security", "in_tables.in_Client: has row security"),
        ("alter table in_tables.in_Client owner to {partner}", "in_tables.in_Client: belongs to the role {partner}"),
    ],
    ids=["trigger", "rule", "row security", "owner"],
)
def test_a_table_that_would_run_foreign_code(site: Site, sql: str, difference: str) -> None:
    partner = f"partner_{site.database.name}"
    site.look(sql.format(partner=partner))
    site.partner.fill("in_Claim", {"in_id": "k", "title": "T"})
    result = site.etl("run")
    refused(
        result,
        4,
        difference.format(partner=partner),
        "would run with the engine's privileges, so the engine refuses it",
    )
    assert len(result.err.splitlines()) == 2
    assert site.partner.statuses("in_Claim") == {"": 1}


def test_a_lost_right(site: Site) -> None:
    site.etl("run")
    site.partner.hand_over()
    site.look(f"alter table {STORE}.bo_Client owner to {site.database.username}")
    site.partner.fill("in_Client", {"in_id": "a", "name": "A"})
    refused(site.etl("run"), 4, "lacks in database", f"alter table {STORE}.bo_client owner to")
    assert site.partner.statuses("in_Client") in ({"": 1}, {"ON_WORK": 1})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hots=localhost", ["hots", "unknown key", "did you mean host?"]),
        ("port=many", ["port", "'many' is not a number"]),
        ("just a sentence", [":1"]),
        ("hasInMigration=maybe", ["hasInMigration", "'maybe' is not true or false"]),
    ],
)
def test_a_broken_configuration_file(site: Site, line: str, words: list[str]) -> None:
    text = site.text(IMPORT_CONFIG)
    site.write(IMPORT_CONFIG, f"{line}\n{text}")
    refused(site.etl("run"), 2, f"{IMPORT_CONFIG}:1: ", *words)


def test_every_problem_is_reported_at_once(site: Site) -> None:
    site.set(chunkRows=1, leaseSeconds="soon")
    site.edit(IMPORT_CONFIG, "hasInMigration=true", "hasInMigration=maybe")
    refused(site.etl("run"), 2, "chunkRows", "leaseSeconds", "hasInMigration")


def test_a_typing_error_in_a_document(site: Site) -> None:
    site.document("Client", CLAIMS["Client"].replace("Amount, type: INPUT_NUMBER", "Amount, type: INPUT_NUMBR"))
    path = f"companies/{CODE}/business-objects/Client.yaml"
    refused(site.etl("run"), 2, f"{path}:6", "Client.Amount", "INPUT_NUMBR", "INPUT_NUMBER")


def test_a_mistyped_key_in_a_document(site: Site) -> None:
    site.document("Client", CLAIMS["Client"].replace("Amount, type", "Amount, tipe"))
    refused(site.etl("run"), 2, "Client.yaml:6", "Client.Amount", "tipe", "did you mean", "type")


def test_a_document_that_is_no_yaml(site: Site) -> None:
    site.document("Client", "code: Client\nfields: [\n")
    refused(site.etl("run"), 2, "Client.yaml:3")


def test_an_unknown_company(site: Site) -> None:
    refused(site.etl("run", "--company", "missing"), 2, "no business objects for company missing")


def test_a_configuration_that_is_nowhere(site: Site) -> None:
    refused(site.etl("--config", f"file:{site.home / 'nowhere'}", "run"), 2, "nowhere")


def test_a_store_in_a_database_that_is_not_there(site: Site) -> None:
    site.write("configs/StorePostgresConfig.txt", "dbName=elsewhere")
    refused(site.etl("run"), 4, "configs/StorePostgresConfig.txt", "create the database or correct dbName")


def test_an_unknown_option(site: Site) -> None:
    result = site.etl("run", "--fast")
    assert result.code == 2
    assert "No such option" in result.err

"""The commands `metadata` and `generate-ddl` on a directory of configuration and a real PostgreSQL."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etl.cli import etl
from etl.errors import ConfigurationError, EnvironmentFault, EtlError, MetadataError
from tests.cases.case import FOLDER
from tests.fix_database import Database


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER / "five_objects/business-objects", tmp_path / "companies/demo/business-objects")
    return tmp_path


@pytest.fixture
def connected(tree: Path, database: Database) -> Path:
    access = database.access
    text = f"host={access.host}\nport={access.port}\ndbName={access.database}\nusername={access.username}\n"
    path = tree / "configs/InMigrationPostgresConfig.txt"
    path.parent.mkdir()
    path.write_text(text)
    return tree


def call(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(etl, ["--config", f"file:{tree}", *arguments])


def output(tree: Path, *arguments: str) -> str:
    result = call(tree, *arguments)
    assert result.exception is None, result.exception
    return result.output


def error(tree: Path, *arguments: str) -> EtlError:
    result = call(tree, *arguments)
    assert isinstance(result.exception, EtlError)
    return result.exception


def test_check(tree: Path) -> None:
    assert output(tree, "metadata", "check") == "company demo is sound: 5 business objects, 16 fields\n"
    assert output(tree, "metadata", "check", "--company", "demo").startswith("company demo is sound")


def test_check_names_every_problem_of_every_company(tree: Path) -> None:
    folder = tree / "companies/demo/business-objects"
    (folder / "Client.yaml").write_text("code: Client\ncategory: CO\nbos: [Persom]\n")
    (tree / "companies/second/business-objects").mkdir(parents=True)
    (tree / "companies/second/business-objects/A.yaml").write_text("code: B\n")
    found = error(tree, "metadata", "check")
    assert isinstance(found, MetadataError)
    assert [(problem.path, problem.line) for problem in found.problems] == [
        ("companies/demo/business-objects/Client.yaml", 3),
        ("companies/second/business-objects/A.yaml", 1),
    ]
    assert found.exit_code == 2


def test_an_unknown_company_and_an_empty_tree(tree: Path, tmp_path: Path) -> None:
    assert "has no business objects for company nope" in str(error(tree, "metadata", "check", "--company", "nope"))
    shutil.rmtree(tmp_path / "companies")
    assert "has no company" in str(error(tree, "metadata", "check"))


def test_show(tree: Path) -> None:
    text = output(tree, "metadata", "show")
    assert "ClientClaim · BO · Заявка на клиента" in text
    assert "CO → Client" in text
    assert "in out single" in text


def test_show_as_json(tree: Path) -> None:
    (company,) = json.loads(output(tree, "metadata", "show", "--json"))["companies"]
    assert [bo["code"] for bo in company["objects"]][:2] == ["NaturalPerson", "LegalPerson"]
    field = company["objects"][0]["fields"][3]
    assert (field["code"], field["type"], field["sqlType"]) == ("BirthDate", "DATE", "timestamp with time zone")
    assert field["needLoadFromInTables"] is True


def test_schema_is_json(tree: Path) -> None:
    assert json.loads(output(tree, "metadata", "schema"))["required"] == ["code"]


def test_generate_ddl_prints_the_same_bytes_each_time(tree: Path) -> None:
    expected = (FOLDER / "five_objects/in.sql").read_text()
    assert output(tree, "generate-ddl", "--company", "demo") == expected
    assert output(tree, "generate-ddl", "--direction", "in") == expected


def test_all_directions(tree: Path) -> None:
    parts = [output(tree, "generate-ddl", "--direction", one) for one in ("in", "store", "out")]
    assert output(tree, "generate-ddl", "--direction", "all") == "\n".join(parts)


def test_a_company_that_needs_no_out_table_prints_nothing(tree: Path) -> None:
    folder = tree / "companies/demo/business-objects"
    shutil.rmtree(folder)
    shutil.copytree(FOLDER / "for_migration/business-objects", folder)
    assert output(tree, "generate-ddl", "--direction", "out") == ""


def test_apply_twice(connected: Path) -> None:
    first = output(connected, "generate-ddl", "--company", "demo", "--direction", "all", "--apply").splitlines()
    assert "create table in_tables.in_ClientClaim_CoClient_LegalPerson" in first
    assert [line for line in first if ": " in line] == [
        "in_tables: 26 changes made",
        "store_demo: 9 changes made",
        "out_demo_1_1: 7 changes made",
    ]
    second = output(connected, "generate-ddl", "--company", "demo", "--direction", "all", "--apply")
    assert second == "in_tables: nothing to do\nstore_demo: nothing to do\nout_demo_1_1: nothing to do\n"


def test_apply_on_tables_of_another_shape(connected: Path, database: Database) -> None:
    output(connected, "generate-ddl", "--apply")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("alter table in_tables.in_NaturalPerson alter iin type date using null")
    found = error(connected, "generate-ddl", "--apply")
    assert isinstance(found, EnvironmentFault)
    line = "in_tables.in_NaturalPerson.IIN: is date, the metadata says text"
    assert str(found).splitlines()[1].strip() == line
    assert found.exit_code == 4


def test_a_faulty_document_prints_no_ddl(tree: Path) -> None:
    (tree / "companies/demo/business-objects/Client.yaml").write_text("code: Client; drop table x\n")
    result = call(tree, "generate-ddl")
    assert isinstance(result.exception, ConfigurationError)
    assert result.output == ""


def test_diff_prints_what_is_missing_until_nothing_is(connected: Path, database: Database) -> None:
    all_of_it = ("generate-ddl", "--diff", "--direction", "all")
    first = output(connected, *all_of_it)
    different = call(connected, *all_of_it, "--exit-code")
    assert (different.exit_code, different.output) == (1, first)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(first, execution_options={"no_parameters": True})
    assert output(connected, *all_of_it, "--exit-code") == ""
    assert "nothing to do" in output(connected, "generate-ddl", "--apply")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("alter table in_tables.in_NaturalPerson alter iin type varchar(12), add note text")
    assert output(connected, "generate-ddl", "--diff") == (
        "alter table in_tables.in_NaturalPerson alter column iin type text;\n"
    )
    assert output(connected, "generate-ddl", "--diff", "--allow-drop") == (
        "alter table in_tables.in_NaturalPerson alter column iin type text;\n\n"
        "alter table in_tables.in_NaturalPerson drop column note;\n"
    )
    done = output(connected, "generate-ddl", "--apply", "--allow-drop").splitlines()
    assert done == [
        "widen column in_tables.in_NaturalPerson.IIN from character varying(12) to text",
        "drop column in_tables.in_NaturalPerson.note",
        "in_tables: 2 changes made",
    ]
    assert output(connected, *all_of_it) == ""


def test_diff_says_what_it_cannot_fix_and_ends_with_4(connected: Path, database: Database) -> None:
    output(connected, "generate-ddl", "--apply")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("alter table in_tables.in_NaturalPerson alter iin type date using null")
    done = call(connected, "generate-ddl", "--diff", "--exit-code")
    line = "-- in_tables.in_NaturalPerson.IIN: is date, the metadata says text: correct it by hand, then ask again\n"
    assert (done.exit_code, done.output) == (4, line)


@pytest.mark.parametrize(
    "options",
    [
        ("--diff", "--apply"),
        ("--allow-drop",),
        ("--apply", "--exit-code"),
        ("--with-grants", "other", "--direction", "out"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together(tree: Path, options: tuple[str, ...]) -> None:
    assert call(tree, "generate-ddl", *options).exit_code == 2


def test_with_grants_adds_the_partners_privileges(tree: Path) -> None:
    plain, full = output(tree, "generate-ddl"), output(tree, "generate-ddl", "--with-grants", "shop_partner")
    assert full.startswith(plain)
    grants = full.removeprefix(plain)
    columns = "in_id, out_id, in_status, removed, "
    assert f"insert ({columns}" in grants
    assert "occupied_id" not in grants
    assert "revoke" not in grants
    assert "-- in_tables.err comes with the first run" in grants

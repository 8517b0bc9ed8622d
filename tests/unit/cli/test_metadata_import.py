"""`etl metadata import` writes documents and tells what it left out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etl.cli import etl
from etl.errors import ConfigurationError
from tests.unit.platform_export.exports import CLIENT, KINDS, PARTIES, export


@pytest.fixture
def structure(tmp_path: Path) -> Path:
    return export(tmp_path / "shop.mybpm.zip", CLIENT, KINDS, PARTIES)


def call(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(etl, ["--config", f"file:{tree}", "metadata", "import", *arguments])


def test_into_a_directory(tmp_path: Path, structure: Path) -> None:
    done = call(tmp_path, str(structure), "-o", str(tmp_path / "out"))
    assert (done.exit_code, done.exception) == (0, None)
    assert done.output.splitlines()[0] == "wrote Client.yaml"
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert sorted(before) == ["Client.yaml", "Kinds.yaml", "Parties.yaml"]
    again = call(tmp_path, str(structure), "-o", str(tmp_path / "out"), "--json")
    assert json.loads(again.output)["unchanged"] == sorted(before)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_into_the_configuration_and_it_is_sound(tmp_path: Path, structure: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "configs").mkdir(parents=True)
    (tree / "configs/InMigrationConfig.txt").write_text("companyCode=shop\n")
    assert call(tree, str(structure), "--into-config").exit_code == 0
    checked = CliRunner().invoke(etl, ["--config", f"file:{tree}", "metadata", "check"])
    assert checked.output.startswith("company shop is sound: 3 business objects")
    document = tree / "companies/shop/business-objects/Kinds.yaml"
    document.write_text("code: Kinds\ncategory: DICTIONARY\n")
    refused = call(tree, str(structure), "--into-config", "--company", "shop")
    assert isinstance(refused.exception, ConfigurationError)
    assert "say --force" in str(refused.exception)
    assert call(tree, str(structure), "--into-config", "--force").exit_code == 0
    assert "INPUT_TEXT_LANG" in document.read_text()


def test_what_is_left_out_is_reported_with_exit_code_1(tmp_path: Path) -> None:
    done = call(tmp_path, str(export(tmp_path / "s.zip", CLIENT, KINDS)), "-o", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "left out `Client.Party`: there is no CO `Parties`" in done.output


def test_a_place_must_be_said(tmp_path: Path, structure: Path) -> None:
    assert call(tmp_path, str(structure)).exit_code == 2
    assert call(tmp_path, str(structure), "--into-config", "-o", "x").exit_code == 2

"""`etl metadata schema`, and a document that names the schema for editors, as docs/business-object.md shows."""

import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from etl.cli.metadata import metadata
from etl.errors import ConfigurationError
from scripts.reference.business_object import PAGE, documents
from tests.documentation import blocks

[COMMAND] = [line for block in blocks(PAGE) if block.language == "sh" for line in block.lines]
[HINT] = [block.text for block in blocks(PAGE) if block.language == "yaml" and "code:" not in block.text]


def test_the_page_writes_the_schema_and_a_document_may_name_it(tmp_path: Path) -> None:
    folder = tmp_path / "companies/demo/business-objects"
    folder.mkdir(parents=True)
    program, group, *words = shlex.split(COMMAND.replace("$HOME", str(folder)))
    assert (program, group) == ("etl", "metadata")
    written = CliRunner().invoke(metadata, words, catch_exceptions=False)
    file = folder / HINT.rpartition("=")[2].strip()
    assert written.output == f"wrote {file}\n"
    printed = CliRunner().invoke(metadata, ["schema"], catch_exceptions=False)
    assert file.read_text(encoding="utf-8") == printed.output
    assert json.loads(printed.output)["$schema"].startswith("https://json-schema.org/")
    (folder / "Branch.yaml").write_text(HINT + documents(PAGE.read_text(encoding="utf-8"))["Branch"], encoding="utf-8")
    parent = SimpleNamespace(config_url=f"file:{tmp_path}")
    checked = CliRunner().invoke(metadata, ["check"], obj=parent, catch_exceptions=False)
    assert checked.output == "company demo is sound: 1 business objects, 1 fields\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"schema\.json cannot be written: No such file or directory: name anoth"
    ):
        CliRunner().invoke(metadata, ["schema", "-o", str(tmp_path / "no/schema.json")], catch_exceptions=False)

"""`etl metadata show`: a type stands only where there is a column."""

import json
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner

from etl.cli.metadata import metadata

DOCUMENTS = {
    "Client": """
code: Client
fields:
  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true, label: "A label that is rather long for a narrow table"}
  - {code: Boss, type: BO, bo: Client, needLoadFromInTables: true}
nativeFields:
  - {code: CREATED_AT, needUploadToOutTable: true}
  - {code: OPEN_COUNT}
""",
    "Flow": """
code: Flow
category: PROCESS
fields:
  - {code: Step, type: INPUT_TEXT}
nativeFields: [{code: OPEN_COUNT}]
""",
}


def shown(tmp_path: Path, *arguments: str) -> str:
    folder = tmp_path / "companies" / "demo" / "business-objects"
    folder.mkdir(parents=True, exist_ok=True)
    for code, text in DOCUMENTS.items():
        (folder / f"{code}.yaml").write_text(text)
    parent = SimpleNamespace(config_url=f"file:{tmp_path}")
    done = CliRunner().invoke(metadata, ["show", *arguments], obj=parent, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def types(text: str) -> dict[str, str]:
    """First and third cell of each row."""
    rows = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in text.splitlines() if "│" in line]
    return {row[0]: row[2] for row in rows}


def test_only_what_gives_a_column_has_a_type(tmp_path: Path) -> None:
    found = types(shown(tmp_path))
    assert found.pop("CREATED_AT")
    assert found == {"Name": "text", "Boss": "", "OPEN_COUNT": "", "Step": ""}
    objects = json.loads(shown(tmp_path, "--json"))["companies"][0]["objects"]
    assert {field["code"]: field["sqlType"] for one in objects for field in one["fields"]} == {
        "Name": "text",
        "Boss": None,
        "Step": None,
    }


def test_a_long_label_is_whole_in_a_pipe(tmp_path: Path) -> None:
    assert "A label that is rather long for a narrow table" in shown(tmp_path)

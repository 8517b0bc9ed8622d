"""The chart for Helm, without Helm: its values are typed and explained; without Go its builder says what to do."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from etl.cli import etl
from scripts.packages.__main__ import main
from scripts.packages.chart import FOLDER, is_new_enough, need_go, value_sets
from scripts.packages.steps import PackagingError
from tests.documentation import CHECKOUT, blocks

PAGE = CHECKOUT / "docs/install.md"
VALUES = yaml.safe_load((FOLDER / "values.yaml").read_text())
SCHEMA = json.loads((FOLDER / "values.schema.json").read_text())
# Values whose keys are those of the cluster.
OPEN = {"nodeSelector"}


def names() -> set[str]:
    """Of values, the second level too: image.tag."""
    nested = {f"{top}.{name}" for top, value in VALUES.items() if isinstance(value, dict) for name in value}
    return nested | {top for top, value in VALUES.items() if top in OPEN or not isinstance(value, dict)}


def test_without_go_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["chart", "--into", str(tmp_path / "packages")]) == 1
    assert capsys.readouterr().err == (
        "chart: the program go is missing; the chart is checked by Helm, which Go 1.26 or newer compiles: install it, "
        "and put the folder with its program go into PATH\n"
    )


def test_with_an_old_go_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "go"
    program.write_text("#!/bin/sh\necho go version go1.25.9 linux/amd64\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    said = "`go version` says 'go version go1.25.9 linux/amd64'; the chart is checked by Helm, which Go 1.26 or newer"
    with pytest.raises(PackagingError, match=re.escape(said)):
        need_go()


@pytest.mark.parametrize(
    ("said", "is_new"),
    [
        ("go version go1.26.8 linux/amd64", True),
        ("go version go1.30 linux/arm64", True),
        ("go version go2.0.1 linux/amd64", True),
        ("go version go1.25.9 linux/amd64", False),
        ("go version go1.3 linux/amd64", False),
        ("go version devel", False),
    ],
)
def test_an_old_go_is_not_taken(said: str, *, is_new: bool) -> None:
    assert is_new_enough(said) is is_new


def test_every_value_is_typed_and_explained() -> None:
    typed = {
        f"{top}.{name}" if name else top
        for top, value in SCHEMA["properties"].items()
        for name in value.get("properties", {"": None})
    }
    assert typed - {"global"} == names()
    explained = set()
    for cell in re.findall(r"^\| (`[^|]+`) \| ", PAGE.read_text().partition("## In Kubernetes")[2], re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", cell)
        top, dot, _ = first.partition(".")
        explained |= {first, *(f"{top}.{one}" if dot else one for one in others)}
    assert explained == names()


def test_templates_use_values_that_there_are() -> None:
    texts = [path.read_text() for path in (FOLDER / "templates").iterdir()]
    used = {name for text in texts for name in re.findall(r"\.Values\.([A-Za-z]+(?:\.[A-Za-z]+)?)", text)}
    parts = {one.partition(".")[0] for one in names()}
    assert used - names() - parts == set()
    assert {one.partition(".")[0] for one in used} == parts


@pytest.mark.parametrize("path", value_sets(), ids=lambda path: path.stem)
def test_sets_of_values_fit_the_schema(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text()), SCHEMA)


@pytest.mark.parametrize(
    "values",
    [
        {"secrets": {"environment": [{"name": "STORE_PASSWORD", "value": "secret"}]}},
        {"configuration": {"zookeeper": "zookeeper://etl:secret@zk:2181/etl"}},
        {"configuration": {"files": {"../outside.txt": ""}}},
        {"runner": {"count": 0}},
        {"password": "secret"},
    ],
    ids=["secret as a value", "password in a URL", "path outside", "no runner", "unknown"],
)
def test_other_values_are_refused(values: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, SCHEMA)


def test_the_page_shows_a_set_of_values() -> None:
    [shown] = [one.text for one in blocks(PAGE) if one.language == "yaml"]
    assert shown == (FOLDER / "examples/files.yaml").read_text()


def test_the_texts_of_that_set_are_a_configuration(tmp_path: Path) -> None:
    values = yaml.safe_load((FOLDER / "examples/files.yaml").read_text())
    for path, text in values["configuration"]["files"].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    environ = {one["name"]: "secret" for one in values["secrets"]["environment"]}
    done = CliRunner().invoke(etl, ["config", "check"], env={"ETL_CONFIG": f"file:{tmp_path}", **environ})
    assert done.output == f"file:{tmp_path} is sound, for company shop: 1 business objects, 1 fields\n"

"""JSON for people and programs: ids are texts, numbers are exact, and no text controls a terminal."""

import json
from pathlib import Path

import etl
from etl.quoting.json_text import MAX_NUMBER, json_text


def test_ids_are_texts_whatever_their_size() -> None:
    value = {"run": 7, "id": 1, "in_id": "a", "undone_by": None, "errors": [{"row_id": 3, "rows": 4}], "is_new": True}
    assert json.loads(json_text(value)) == {
        "run": "7",
        "id": "1",
        "in_id": "a",
        "undone_by": None,
        "errors": [{"row_id": "3", "rows": 4}],
        "is_new": True,
    }


def test_a_number_that_a_float_would_round_is_a_text() -> None:
    assert json.loads(json_text([MAX_NUMBER, MAX_NUMBER + 1, -MAX_NUMBER - 1])) == [
        MAX_NUMBER,
        str(MAX_NUMBER + 1),
        str(-MAX_NUMBER - 1),
    ]


def test_objects_of_a_partner_may_be_named_like_an_id() -> None:
    assert json.loads(json_text({"records": {"run": 5, "unit": 6}, "receipt": {"id": {"created": 1}}})) == {
        "records": {"run": 5, "unit": 6},
        "receipt": {"id": {"created": 1}},
    }


def test_control_characters_are_escaped_and_lines_are_those_of_the_layout() -> None:
    text = json_text({"a": "\x9b1m\u202e\nb"}, indent=1)
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 3
    assert json.loads(text) == {"a": "\x9b1m\u202e\nb"}


def test_no_command_writes_json_by_itself() -> None:
    files = (Path(etl.__file__).parent / "cli").glob("**/*.py")
    assert [file.name for file in files if "json.dump" in file.read_text()] == []

"""How many fields of which kind a run can merge: the rest is refused with the place and the numbers."""

import pytest

from etl.errors import MetadataError
from etl.metadata import Company, parse_company

_LOADED = "needLoadFromInTables: true"


def company(*fields: tuple[int, str]) -> Company:
    """One object with this many fields of each description."""
    lines = [
        f"  - {{code: F{number}_{index}, {_LOADED}, {described}}}\n"
        for index, (count, described) in enumerate(fields)
        for number in range(count)
    ]
    return parse_company("demo", {"Wide.yaml": "code: Wide\norderIndex: 1\nfields:\n" + "".join(lines)})


TEXT, FILE = "type: INPUT_TEXT", "type: FILE_UPLOAD"
UNIQUE = "type: INPUT_TEXT, isUnique: true"


@pytest.mark.parametrize(
    "fields",
    [
        [(1500, TEXT)],
        [(1500, "type: INPUT_NUMBER")],
        [(500, FILE)],
        [(100, UNIQUE), (800, TEXT)],
        [(900, TEXT), (200, FILE)],
    ],
    ids=["texts", "numbers", "files", "unique", "files and texts"],
)
def test_what_a_run_can_merge_is_taken(fields: list[tuple[int, str]]) -> None:
    [bo] = company(*fields).objects
    assert len(bo.fields) == sum(count for count, _ in fields)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([(1501, TEXT)], "it has 1501 fields, and a table holds 1500"),
        ([(501, FILE)], "its 501 loaded fields need 1503 columns"),
        ([(101, UNIQUE)], "Wide.F100_0: 101 fields are unique, and a run can look up 100"),
        ([(100, UNIQUE), (801, TEXT)], "its 901 loaded fields need 1501 columns"),
        ([(900, TEXT), (201, FILE)], "its 1101 loaded fields need 1503 columns"),
    ],
    ids=["texts", "files", "unique", "unique and texts", "files and texts"],
)
def test_what_a_run_cannot_merge_is_refused_with_its_numbers(fields: list[tuple[int, str]], sentence: str) -> None:
    with pytest.raises(MetadataError) as refused:
        company(*fields)
    assert sentence in str(refused.value)


def test_fifty_thousand_options_are_read() -> None:
    options = ", ".join(f"{{code: o{n}}}" for n in range(50_000))
    field = f"  - code: D\n    type: DROPDOWN_SINGLE\n    {_LOADED}\n    options: [{options}]\n"
    text = f"code: A\norderIndex: 1\nfields:\n{field}"
    [bo] = parse_company("demo", {"A.yaml": text}).objects
    assert len(bo.fields[0].options) == 50_000

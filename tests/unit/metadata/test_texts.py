"""Texts that no database, file or screen behind a document could keep or show are refused where they stand."""

import pytest

from etl.metadata.platform_export.convert import _label
from etl.metadata.texts import MAX_LABEL
from tests.unit.metadata.documents import company, problems

BAD = {
    r"\ud800": "U+D800 is half a character",
    r"x\udfffy": "U+DFFF is half a character",
    r"\ude00\ud83d": "U+DE00 is half a character",
    r"\ud83d \ude00": "U+D83D is half a character",
    r"\0": "U+0000 is a control character",
    r"a\x01": "U+0001 is a control character",
    r"\e[2J": "U+001B is a control character",
    r"\x7f": "U+007F is a control character",
    r"\x9b31m": "U+009B is a control character",
    r"\u0008": "U+0008 is a control character",
    r"\uFFFE": "U+FFFE is not a character",
    r"\uffff": "U+FFFF is not a character",
    r"\uFDD0": "U+FDD0 is not a character",
    r"\U0001FFFE": "U+1FFFE is not a character",
    r"\U0010FFFF": "U+10FFFF is not a character",
}
GOOD = {
    r"\ud83d\ude00": "😀",
    r"\U0001F600": "😀",
    r"a\tb": "a\tb",
    r"a\nb": "a\nb",
    r"Ұзын ә": "Ұзын ә",
    r"\u200f\u00a0": "\u200f\u00a0",
    r"\uFFFD": "\ufffd",
}
PLACES = (
    'code: Client\nname: "{}"\nfields: []\n',
    'code: Client\nname:\n  eng: "{}"\nfields: []\n',
    'code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, label: "{}"}}\n',
    'code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, label: {{kaz: "{}"}}}}\n',
    'code: Client\nfields:\n  - {{code: Kind, type: DROPDOWN_SINGLE, options: ["o{}"]}}\n',
    'code: Client\nfields:\n  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: a, id: "{}"}}]}}\n',
    'code: Client\nfields:\n  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: a, label: "{}"}}]}}\n',
)


@pytest.mark.parametrize("text", BAD)
def test_a_character_that_is_none_is_refused_wherever_it_stands(text: str) -> None:
    for place in PLACES:
        written = place.format(text)
        found = problems(Client=written)
        line = written[: written.index(text)].count("\n") + 1
        assert any(one.message.startswith(BAD[text]) for one in found), (place, found)
        assert {(one.path.rpartition("/")[2], one.line) for one in found} == {("Client.yaml", line)}
        assert all(str(one).isprintable() for one in found)


KEYS = (
    'code: Client\n"fie{}lds": []\n',
    'code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, "{}": x}}\n',
    'code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, label: {{"ru{}s": x}}}}\n',
    'code: Client\nfields:\n  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: a, "{}id": x}}]}}\n',
)


@pytest.mark.parametrize("text", BAD)
def test_nor_may_a_key_hold_it(text: str) -> None:
    for place in KEYS:
        found = problems(Client=place.format(text))
        assert any(one.message.startswith(f"a key is not a plain word: {BAD[text]}") for one in found), (place, found)
        assert all(str(one).isprintable() for one in found)


@pytest.mark.parametrize("text", [r"\U00110000", r"\UFFFFFFFF", r"x\U7FFFFFFF", r"\UD8000000", r"\U00200000y"])
@pytest.mark.parametrize("place", [*PLACES, *KEYS])
def test_an_escape_of_no_character_is_no_yaml(text: str, place: str) -> None:
    written = place.format(text)
    [found] = problems(Client=written)
    assert found.message == r"YAML syntax: an escape (\U…) names no character, as the last one is U+10FFFF"
    assert found.line == written[: written.index(text)].count("\n") + 1


@pytest.mark.parametrize("text", GOOD)
def test_all_others_are_taken_and_pairs_are_joined(text: str) -> None:
    found = company(Client=f'code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, label: "{text}"}}\n')
    assert str(found.objects[0].fields[0].label) == GOOD[text]
    assert str(found.objects[0].fields[0].label).encode()


def test_a_label_has_a_length() -> None:
    document = "code: Client\nname: {}\nfields:\n  - {{code: Name, type: INPUT_TEXT, label: {{eng: {}}}}}\n"
    assert company(Client=document.format("x" * MAX_LABEL, "ж" * MAX_LABEL)).objects
    found = problems(Client=document.format("x" * 1001, "ж" * 2000))
    assert [(one.line, one.key) for one in found] == [(2, "Client"), (4, "Client.Name")]
    assert [one.message for one in found] == [
        "the text is 1,001 characters long: a label has at most 1,000",
        "the text is 2,000 characters long: a label has at most 1,000",
    ]


@pytest.mark.parametrize("text", ["\ud800x", "x\x00", "x\ufffe", "x\x1b", "x\x9b"])
def test_what_is_imported_is_cleaned(text: str) -> None:
    assert _label(text) == "x"
    assert _label({"rus": text, "eng": "\ud83d\ude00" + "y" * 2000}) == {"rus": "x", "eng": "😀" + "y" * 999}

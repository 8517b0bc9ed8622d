"""What an attacker, or an unlucky copy and paste, may write where a code belongs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import ConfigurationError, MetadataError
from etl.metadata import parse_company
from etl.metadata.names import is_code
from etl.quoting import identifier
from tests.unit.metadata.documents import FOLDER

PAYLOADS = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "a\n",
    "\na",
    "a\r",
    "a\tb",
    "a\x00",
    "a\x00b",
    "a\x1b[2J",
    "a\x7f",
    "1a",
    "_a",
    "a-b",
    "a.b",
    "a,b",
    "a/b",
    "../a",
    "..",
    "a\\b",
    "a'b",
    "''",
    'a"b',
    '""',
    "a`b",
    "a;b",
    "a; drop table x",
    "x); drop table in_tables.process_tracking; --",
    "x text); create role evil superuser; --",
    "a--",
    "a/*",
    "*/a",
    "a--\ndrop",
    "$$a$$",
    "$1",
    ":a",
    "a::text",
    "%s",
    "a%",
    "%(a)s",
    "{{ 7*7 }}",
    "{% raw %}",
    "{{a}}",
    "${a}",
    "a{b}",
    "(a)",
    "a()",
    "a[0]",
    "a=b",
    "a|b",
    "a&b",
    "a@b",
    "a#b",
    "a?b",
    "a!b",
    "a^b",
    "a~b",
    "<a>",
    "Сlient",  # the first letter is Cyrillic
    "Clіent",  # the third letter is Ukrainian
    "клиент",
    "naïve",
    "ｃｌｉｅｎｔ",  # fullwidth
    "K" + "elvin\u212a",  # the Kelvin sign folds to k
    "a\u0131",  # the dotless i
    "aſ",  # the long s folds to s
    "a\u200b",
    "a\u202eb",
    "a\u00a0b",
    "a\u2028b",
    "a١",  # an Arabic digit
    "a²",
    "😀",
    "a" * 64,
    "a" * 5000,
    "é" * 32,
]


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:70]))
def test_refused_as_the_code_of_an_object_and_of_a_field(payload: str) -> None:
    # JSON is YAML, and says every character.
    documents = {
        f"{FOLDER}/A.yaml": json.dumps({"code": payload}),
        f"{FOLDER}/B.yaml": json.dumps({"code": "B", "fields": [{"code": payload, "type": "DATE"}]}),
    }
    with pytest.raises(MetadataError) as caught:
        parse_company("demo", documents)
    assert len(caught.value.problems) == 2
    for problem, owner in zip(caught.value.problems, ("A", "B.field number 1"), strict=True):
        assert "is not a code: a code begins with a Latin letter" in problem.message
        assert (problem.line, problem.key) == (1, owner)
    assert str(caught.value).replace("\n", "").isprintable()


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:70]))
def test_refused_as_a_company_and_as_a_name_in_sql(payload: str) -> None:
    with pytest.raises(MetadataError, match="is not a company code"):
        parse_company(payload, {})
    if payload != "_a":
        with pytest.raises(ConfigurationError):
            identifier(payload)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:70]))
def test_refused_as_targets(payload: str) -> None:
    fields = [
        {"code": "L", "type": "BO", "bo": payload},
        {"code": "D", "type": "DROPDOWN_SINGLE", "dictionary": payload},
    ]
    with pytest.raises(MetadataError) as caught:
        parse_company("demo", {f"{FOLDER}/B.yaml": json.dumps({"code": "B", "fields": fields})})
    assert len(caught.value.problems) == 2
    assert str(caught.value).replace("\n", "").isprintable()


@given(st.text(max_size=70))
def test_an_accepted_code_is_ascii_and_short(text: str) -> None:
    try:
        found = parse_company("demo", {f"{FOLDER}/x.yaml": json.dumps({"code": text})})
    except MetadataError:
        assert not is_code(text) or text != "x"
    else:
        assert found.objects[0].code == text == "x"

import pytest

from tests.unit.metadata.documents import company, problems


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "the document is empty"),
        ("# only a comment\n", None, "the document is empty"),
        ("---\n~\n", None, "the document is empty"),
        ("- a\n", 1, "the document must be a mapping"),
        ("just words", 1, "the document must be a mapping"),
        ("code: A\nfields: [\n", 3, "YAML syntax: while parsing a flow node"),
        ("code: A\n  name: x\n", 2, "YAML syntax: mapping values are not allowed here"),
        ("code: A\n\tname: x\n", 2, "YAML syntax: while scanning for the next token"),
        ("code: A\n---\ncode: A\n", 2, "YAML syntax: expected a single document"),
        ("code: A\nname: 'x\n", 3, "YAML syntax: while scanning a quoted scalar"),
        ("code: A\nname: &n x\n", 2, "anchors and aliases"),
        ("code: A\nname: *n\n", 2, "anchors and aliases"),
        ("code: A\nname: !!python/object/apply:os.system [id]\n", 2, "the YAML tag"),
        ("code: A\nname: !own x\n", 2, "the YAML tag"),
        ("code: A\nname: !!binary aGk=\n", 2, "the YAML tag"),
        ("code: A\nname: \x07\n", 2, "the character U+0007 is not allowed in YAML"),
        ("code: A\nfields: " + "[" * 5000, 2, "it is nested deeper than 16 levels"),
        ("code: A\nname: " + "x" * 1024 * 1024, None, "it is larger than 1 MiB"),
        ("code: A\ncode: A\n", 2, "the key `code` stands twice, first on line 1"),
        ("code: A\n? [a]\n: b\n", 2, "a key must be a word"),
        ("code: A\n<<: {name: x}\n", 2, "unknown key `<<`"),
        ("name: x\n", 1, "the key `code` is missing"),
        ("code: A\nfields:\n", 2, "`fields` must be a list, not nothing"),
        ("code: A\nfields: {a: b}\n", 2, "`fields` must be a list, not a mapping"),
        ("code: A\nfields: [5]\n", 2, "entry 1 of `fields` must be a mapping of keys, not `5`"),
    ],
)
def test_texts_that_are_no_document(text: str, line: int | None, message: str) -> None:
    (problem,) = problems(A=text)
    assert problem.message.startswith(message)
    assert (problem.line, problem.key.split(".")[0]) == (line, "A")


def test_the_billion_laughs_are_refused_at_once() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (problem,) = problems(A=laughs)
    assert problem.line == 1


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    codes = ["No", "On", "Yes", "True", "Null", "off"]
    text = "code: A\nfields:\n" + "".join(f"- {{code: {code}, type: DATE, isUnique: yes}}\n" for code in codes)
    found = company(A=text).object("A")
    assert [field.code for field in found.fields] == codes
    assert all(field.is_unique for field in found.fields)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert company(A="\ufeffcode: A\n").objects[0].code == "A"


def test_windows_line_ends() -> None:
    (problem,) = problems(A="code: A\r\nfields:\r\n- {code: F, type: X}\r\n")
    assert problem.line == 3

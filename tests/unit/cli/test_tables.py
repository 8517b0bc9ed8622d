"""Values of partners on a terminal (failure catalogue 62): shown, not obeyed."""

from io import StringIO

import pytest
from rich.console import Console

from etl.cli.screen.printing import console
from etl.cli.screen.tables import plain_table


def printed(value: object) -> str:
    out = StringIO()
    Console(file=out, width=200, force_terminal=True, no_color=True).print(plain_table(["value"], [[value]]))
    return out.getvalue().split("\n")[3].strip()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("a\r\tb", r"a\r\tb"),
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202edef", r"abc\u202edef"),
        ("\u2066x\u200b", r"\u2066x\u200b"),
        ("[red]no markup[/blue]", "[red]no markup[/blue]"),
        ("Ұзын ә 😀", "Ұзын ә 😀"),
        (None, ""),
    ],
)
def test_a_value_does_nothing_to_the_terminal(value: object, shown: str) -> None:
    assert printed(value) == shown


def words(text: str) -> str:
    """What a table says, its cells of several lines joined: the columns here hold one letter each."""
    return "".join(c for c in text if c.isalnum())


@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 200])
def test_nothing_is_cut_however_narrow_it_is(width: int) -> None:
    """Long values without a blank, numbers, heads: all of their letters are there, and no sign of a cut."""
    out = StringIO()
    values = ["a" * 70, "b" * 33, "1" * 25]
    table = plain_table(["cc", "dd", "ee"], [values], numbers={"ee"})
    Console(file=out, width=width).print(table)
    shown = words(out.getvalue())
    assert "…" not in out.getvalue()
    assert [shown.count(letter) for letter in "ab1cde"] == [70, 33, 25, 2, 2, 2]


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    values = ["word " * 100, "x" * 300, "1,234,567"]
    console().print(plain_table(["one", "two", "three"], [values], numbers={"three"}))
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "1,234,567" in line] == [
        [*["word"] * 100, "x" * 300, "1,234,567"]
    ]

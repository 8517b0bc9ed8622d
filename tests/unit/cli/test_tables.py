"""Values of partners on a terminal (failure catalogue 62): shown, not obeyed."""

from io import StringIO

import pytest
from rich.console import Console

from etl.cli.tables import plain_table


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

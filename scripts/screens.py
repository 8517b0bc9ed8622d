"""Makes the pictures of README that need no browser: a terminal, from a real run, and the chart of the peers.

python -m scripts.screens         writes docs/pictures/run.svg and docs/pictures/peers.svg

The commands and documents are those of docs/tutorial.md; the chart has the results of docs/speed.md. Pictures of the
console: scripts/pictures.py.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from rich.console import Console
from rich.text import Text

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "docs/pictures"
WIDTH = 100
# Of the tutorial: what is typed before the picture, and what is seen in it.
BEFORE = ("etl config init", "etl generate-ddl --direction in --apply", "etl psql -f partner.sql")
SEEN = ("etl run", "etl errors list", "etl psql -f correct.sql", "etl run")
_BLOCK = re.compile(r"^```(?:yaml|sql)\n(?:#|--) (?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^(sed -i .*)$", re.MULTILINE)
# Letters that a page may not fetch.
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "run.svg").write_text(terminal(), encoding="utf-8")
    (FOLDER / "peers.svg").write_text(chart(), encoding="utf-8")


def terminal() -> str:
    """The commands of SEEN and what they print, as a picture."""
    page = (CHECKOUT / "docs/tutorial.md").read_text(encoding="utf-8")
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environ = {**os.environ, "ETL_HOME": name, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1", "LANG": "C.UTF-8"}
        config = home / "config/companies/shop/business-objects"
        config.mkdir(parents=True)
        for found in _BLOCK.finditer(page):
            target = config if found["path"].endswith(".yaml") else home
            (target / Path(found["path"]).name).write_text(found["text"], encoding="utf-8")
        typed(BEFORE[0], home, environ)
        for line in _SETTING.findall(page):
            subprocess.run(["bash", "-c", line], env=environ, check=True)
        for line in BEFORE[1:]:
            typed(line, home, environ)
        for line in SEEN:
            console.print(Text.assemble(("$ ", "bold green"), (line, "bold")))
            console.print(Text.from_ansi(re.sub(r"\n\s*\n", "\n", typed(line, home, environ).rstrip())))
    console.print()  # else the last line is cut
    return _FONT.sub("", console.export_svg(title="etl", unique_id="run")) + "\n"


def typed(line: str, home: Path, environ: dict[str, str]) -> str:
    """What a command prints; some rows may be rejected."""
    command = [sys.executable, "-m", *shlex.split(line)]
    done = subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        sys.exit(f"{line}: {done.stderr}")
    return done.stdout


def results() -> Iterator[tuple[str, float, float]]:
    """(tool, seconds of a first load, of an unchanged one) with 1,000,000 rows, from the table of the peers."""
    page = (CHECKOUT / "docs/speed.md").read_text(encoding="utf-8")
    _, _, rows = page.partition("| tool | 1,000,000 rows, first load | unchanged |")
    for line in rows.split("\n\n")[0].splitlines()[2:]:
        tool, first, unchanged = (cell.strip() for cell in line.strip("|").split("|")[:3])
        if first:
            yield tool.replace("`", ""), float(first.split(",")[0]), float(unchanged.split(",")[0])


def chart() -> str:
    """Bars of seconds, the shorter the better."""
    bars = list(results())
    longest = max(max(first, unchanged) for _, first, unchanged in bars)
    lines = ["Seconds for 1,000,000 rows of one table, on two cores: a first load, and the same rows again"]
    parts = [_text(10, 24, lines[0], "title")]
    for number, (tool, *seconds) in enumerate(bars):
        top = 46 + number * 58
        parts.append(_text(10, top + 22, tool, "ours" if tool.startswith("etl") else ""))
        for below, (value, kind) in enumerate(zip(seconds, ("first", "again"), strict=True)):
            width = round(460 * value / longest)
            parts.append(f'<rect x="330" y="{top + below * 22}" width="{width}" height="18" class="{kind}"/>')
            parts.append(_text(336 + width, top + 14 + below * 22, f"{value:g} s", ""))
    height = 58 * len(bars) + 84
    parts += [
        f'<rect x="330" y="{height - 30}" width="14" height="14" class="first"/>',
        _text(350, height - 18, "first load", ""),
        f'<rect x="440" y="{height - 30}" width="14" height="14" class="again"/>',
        _text(460, height - 18, "unchanged", ""),
    ]
    style = (
        "text{font:14px sans-serif;fill:#24292f}.title,.ours{font-weight:bold}.first{fill:#3f51b5}.again{fill:#9fa8da}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}"
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" role="img"><style>{style}</style>'
    return "\n".join([head, *parts, "</svg>", ""])


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text x="{x}" y="{y}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(text)}</text>'


if __name__ == "__main__":
    main()

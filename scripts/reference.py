"""Writes the reference pages that come from the code: commands and configuration keys.

python -m scripts.reference         writes docs/reference/*.md
"""

from collections.abc import Iterator
from pathlib import Path

import click

from etl.cli import etl
from etl.settings.catalogue import FILES
from etl.settings.keys import Key, KeyFile, ValueKind

FOLDER = Path(__file__).resolve().parent.parent / "docs/reference"
_NOTE = "Made from the code by `python -m scripts.reference`: edit the code, not this page.\n"
# Columns of the help texts.
_WIDTH = 100


def pages() -> dict[str, str]:
    """Name of the file -> its text."""
    return {"commands.md": _commands(), "configuration.md": _configuration()}


def _commands() -> str:
    context = _context(etl, None, "etl")
    return "\n".join(["# Commands", "", _NOTE, *_command(context, etl)])


def _command(context: click.Context, command: click.Command) -> Iterator[str]:
    yield from (f"## `{context.command_path}`", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found and not found.hidden:
                yield from _command(_context(found, context, name), found)


def _context(command: click.Command, parent: click.Context | None, name: str) -> click.Context:
    settings = {**command.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    return click.Context(command, parent=parent, info_name=name, **settings)


def _configuration() -> str:
    lines = ["# Configuration keys", "", _NOTE]
    for file in FILES:
        lines += [
            f"## `{file.path}`",
            "",
            file.comment,
            *_company_copy(file),
            "",
            "| key | default | meaning |",
            "|---|---|---|",
        ]
        lines += [f"| `{key.name}` | {_code(key.default)} | {_cell(' '.join(_meaning(key)))} |" for key in file.keys]
        lines += [f"| `{family.name}` | | {_cell(family.comment)} |" for family in file.families]
        lines.append("")
    return "\n".join(lines)


def _company_copy(file: KeyFile) -> list[str]:
    return [f"A company's own copy: `companies/<company>/{file.path}`."] if file.overlaid else []


def _meaning(key: Key) -> Iterator[str]:
    yield key.comment
    if key.kind is ValueKind.NUMBER:
        yield f"From {key.smallest} to {key.largest}" + (f" {key.unit}." if key.unit else ".")
    if key.choices:
        yield "One of " + ", ".join(key.choices) + "."
    if key.empty:
        yield f"Empty: {key.empty}."
    if key.secret:
        yield "Secret: never shown."


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")

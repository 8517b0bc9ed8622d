"""The page of the commands: the help of each."""

from collections.abc import Iterator

import click

from etl.cli import etl
from scripts.reference.markdown import NOTE

# Columns of the help texts.
_WIDTH = 100


def commands() -> str:
    context = _context(etl, None, "etl")
    return "\n".join(["# Commands", "", NOTE, *_command(context, etl)])


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

"""Man pages and completion made from the commands of `etl`: `python -m scripts.manual` writes them into share/.

A wheel installs share/ beside its folder of programs. A page describes one command, or a group with all of its
commands; the scripts for bash, zsh and fish are click's own. The same commands give the same bytes.
"""

import inspect
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from etl import __version__
from etl.cli import _ROLES, etl

SHARE = Path(__file__).resolve().parent.parent / "share"
MAN = "man/man1"
# Where each shell looks for the completion of a command named etl.
COMPLETIONS = {
    "bash": "bash-completion/completions/etl",
    "zsh": "zsh/site-functions/_etl",
    "fish": "fish/vendor_completions.d/etl.fish",
}


def main() -> None:
    for folder in {path.split("/")[0] for path in manual()}:
        shutil.rmtree(SHARE / folder, ignore_errors=True)
    for path, text in manual().items():
        file = SHARE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def manual() -> dict[str, str]:
    """Each file below share/: path -> text."""
    top = click.Context(etl, info_name="etl", help_option_names=["-h", "--help"])
    commands = [(name, etl.get_command(top, name)) for name in etl.list_commands(top)]
    pages = {f"{MAN}/etl.1": _first_page(top)}
    for name, command in commands:
        assert command is not None
        pages[f"{MAN}/etl-{name}.1"] = _page(click.Context(command, top, info_name=name))
    return pages | {path: _completion(shell) for shell, path in COMPLETIONS.items()}


def _completion(shell: str) -> str:
    made_by = get_completion_class(shell)
    assert made_by is not None
    # The blank ends of lines in click's templates would be reported by git.
    return re.sub(r"[ \t]+\n", "\n", made_by(etl, {}, "etl", "_ETL_COMPLETE").source().strip() + "\n")


def _first_page(top: click.Context) -> str:
    lines = [*_head(top), ".SH COMMANDS"]
    for title, names in _ROLES.items():
        lines.append(f'.SS "{_line(title)}"')
        for name in names:
            command = etl.get_command(top, name)
            assert command is not None
            lines += [".TP", rf"\fBetl\-{_line(name)}\fR(1)", *_filled(command.get_short_help_str(limit=500))]
    return "\n".join(lines) + "\n"


def _page(context: click.Context) -> str:
    lines = _head(context)
    below = list(_commands_below(context))
    if below:
        lines.append(".SH COMMANDS")
    for one in below:
        lines += [f'.SS "{_line(_synopsis(one))}"', *_description(one.command), *_options(one)]
    return "\n".join([*lines, ".SH SEE ALSO", r"\fBetl\fR(1)"]) + "\n"


def _head(context: click.Context) -> list[str]:
    """The part that every page has: name, synopsis, description, options."""
    name = context.command_path.replace(" ", "-")
    options = _options(context)
    return [
        r".\" Made by python -m scripts.manual.",
        f'.TH "{_line(name.upper())}" 1 "" "etl {__version__}" "etl"',
        ".SH NAME",
        rf"{_line(name)} \- {_line(context.command.get_short_help_str(limit=500).rstrip('.'))}",
        ".SH SYNOPSIS",
        _line(_synopsis(context)),
        ".SH DESCRIPTION",
        *_description(context.command),
        *([".SH OPTIONS", *options] if options else []),
    ]


def _commands_below(context: click.Context) -> Iterator[click.Context]:
    """Of a group: each of its commands, and those of the groups in it."""
    if not isinstance(context.command, click.Group):
        return
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(command, context, info_name=name)
        yield below
        yield from _commands_below(below)


def _synopsis(context: click.Context) -> str:
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _description(command: click.Command) -> list[str]:
    lines: list[str] = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(command.help or "").partition("\f")[0])):
        as_it_is = paragraph.startswith("\b\n")
        lines += [".PP"] if number else []
        lines += [".nf", *map(_line, paragraph.split("\n")[1:]), ".fi"] if as_it_is else _filled(paragraph)
    return lines


def _options(context: click.Context) -> list[str]:
    lines: list[str] = []
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        # Arguments stand in the synopsis. Each command has --help; the first page names it.
        is_known = isinstance(parameter, click.Argument) or ("--help" in parameter.opts and context.parent is not None)
        if record is None or is_known:
            continue
        lines += [".TP", rf"\fB{_line(record[0])}\fR", *_filled(record[1])]
    return lines


def _filled(text: str) -> list[str]:
    wrapped = textwrap.wrap(" ".join(text.split()), 100, break_long_words=False, break_on_hyphens=False)
    return [_line(line) for line in wrapped]


def _line(text: str) -> str:
    """A line of text as roff: backslash, hyphen and quote as such, no request at its start."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    main()

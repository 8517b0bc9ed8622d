"""`etl help`: the pages of docs/, which come with the package, and the help of commands."""

import re
import sys
from pathlib import Path

import click

from etl.resources import folder

_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


@click.command(name="help")
@click.argument("topic", nargs=-1)
@click.pass_context
def help_command(context: click.Context, topic: tuple[str, ...]) -> None:
    """Show the page of a topic, or the help of a command.

    TOPIC is the name of a page (`etl help tutorial`), a command (`etl help out build`), or words: the pages that have
    them are listed. Without TOPIC all pages are listed.
    """
    pages = _pages()
    if not topic:
        _list(pages)
    elif (page := pages.get(_plain(" ".join(topic)))) is not None:
        _show(page)
    elif command := _command(context, topic):
        click.echo(command.get_help())
    else:
        _find(pages, " ".join(topic))


def _pages() -> dict[str, Path]:
    """Name of a page without folder and ending -> its file."""
    top = folder("docs")
    files = sorted(top.rglob("*.md"), key=lambda file: (len(file.relative_to(top).parts), file))
    named: dict[str, Path] = {}
    for file in files:
        named.setdefault(_plain(file.stem if file.stem != "README" else file.parent.name), file)
    return named


def _plain(topic: str) -> str:
    return topic.strip().lower().removesuffix(".md").rpartition("/")[2].replace(" ", "-")


def _title(page: Path) -> str:
    found = _HEADING.search(page.read_text(encoding="utf-8"))
    return found[1] if found else ""


def _list(pages: dict[str, Path]) -> None:
    widest = max(map(len, pages))
    for name, page in pages.items():
        click.echo(f"{name.ljust(widest)}  {_title(page)}")


def _show(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    with console.pager():
        console.print(Markdown(text, hyperlinks=False))


def _command(context: click.Context, path: tuple[str, ...]) -> click.Context | None:
    """The context of a command that is called so."""
    found = context.parent
    for name in path:
        if found is None or not isinstance(found.command, click.Group):
            return None
        command = found.command.get_command(found, name)
        if command is None:
            return None
        found = click.Context(command, found, info_name=name)
    return found


def _find(pages: dict[str, Path], word: str) -> None:
    wanted = word.lower()
    titled = {name: page for name, page in pages.items() if wanted in name or wanted in _title(page).lower()}
    found = titled or {name: page for name, page in pages.items() if wanted in page.read_text(encoding="utf-8").lower()}
    if not found:
        raise click.UsageError(
            f"no page or command has {word!r}: `etl help` lists the pages, `etl --help` the commands"
        )
    _list(found)

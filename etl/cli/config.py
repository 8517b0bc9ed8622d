"""`etl config`: write, show, check and move the configuration tree."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from etl.cli.screen.printing import config_url, console
from etl.config import Clash, DirectorySource, Transfer, Tree, open_source, transfer
from etl.engine import faults_of, faults_of_kafka_codes, zone_of
from etl.errors import ConfigurationError, Problem
from etl.metadata import companies, company_documents, parse_company
from etl.monitoring.next_times import NextTimes, next_times, next_times_of_directory, next_times_of_topics
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.resources import folder
from etl.settings import (
    OriginKind,
    Setting,
    explain_settings,
    parse_settings,
    renamed_lines,
    warnings_of,
    with_new_names,
)
from etl.settings.logging.file import LOGGING, read_log_structure
from etl.settings.schedule.file import SYNC_METHOD

# Of the columns key, value, origin: the same in the tables of all files, and together within 80 columns.
_WIDTHS = (27, 18, 12)

_COMPANY = click.option("--company", metavar="CODE", help="Company to look at; without it companyCode decides.")


@click.group()
def config() -> None:
    """Write, show, check and move the configuration.

    The configuration is a tree of small text files, in a directory or in ZooKeeper. Which one: the option --config,
    else the environment variable ETL_CONFIG, else the directory `config` in the home of etl.
    """


@config.command()
@click.option("--to", "target", metavar="URL", help="Tree to write, instead of the one in use.")
@click.pass_context
def init(context: click.Context, target: str | None) -> None:
    """Write the sample tree: every default, with a comment for each key.

    A text that is already there stays as it is.
    """
    samples = _directory_texts(folder("zk_config"))
    with open_source(target or config_url(context)) as source:
        done = transfer(samples, source, Clash.KEEP)
        _report(done, source.url)
    click.echo("Next: name the company and the databases there, then run `etl config check`.")


@config.command()
@_COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show every setting as it counts, and where it comes from. Secrets are masked."""
    tree = _tree(context)
    url = tree.origin
    settings = explain_settings(
        tree.contents, origin=url, company=company, environ=os.environ, open_texts=tree.open_texts
    )
    if as_json:
        click.echo(json_text({"origin": url, "settings": [_plain(one) for one in settings]}))
    else:
        _print(url, settings)


@config.command()
@_COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(context: click.Context, company: str | None, as_json: bool) -> None:
    """Check all texts, business objects included; name every problem with file, line and key.

    Without --company those of every company. Variables that only another company asks for need not be defined.
    Exit code 0: the configuration is sound; 2: it is not.
    """
    tree = _tree(context)
    url, texts = tree.origin, tree.contents
    problems: list[Problem] = []
    code = company or ""
    values: tuple[Setting, ...] = ()
    with _collecting(problems):
        settings = parse_settings(texts, origin=url, company=company, environ=os.environ, open_texts=tree.open_texts)
        code, values = settings.in_migration.company_code, settings.values
        zone_of(settings.in_migration.time_zone, os.environ)
    problems += read_log_structure(texts, f"{url.removeprefix('file:').rstrip('/')}/{LOGGING}")[1]
    counted = ""
    if code in companies(texts):
        with _collecting(problems):
            found = parse_company(code, company_documents(code, texts, origin=url))
            counted = found.summary
            problems += faults_of_kafka_codes(texts, origin=url, company=found, values=values)
    if not company:
        problems += faults_of(texts, origin=url, open_texts=tree.open_texts)
    problems = list(dict.fromkeys(problems))
    warnings = warnings_of(texts, url)
    if as_json:
        reported = {
            "warnings": [_reported(one) for one in warnings],
            "ok": not problems,
            "origin": url,
            "company": code or None,
            "problems": [_reported(one) for one in problems],
        }
        click.echo(json_text(reported))
        context.exit(ConfigurationError.exit_code if problems else 0)
    for one in warnings:
        click.echo(f"Warning: {printable(str(one))}", err=True)
    if problems:
        raise ConfigurationError(*problems)
    click.echo(f"{url} is sound, for company {code}: {counted or 'no business objects yet'}")


@contextmanager
def _collecting(problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except ConfigurationError as error:
        problems += error.problems


@config.command()
@click.option("--apply", "is_applied", is_flag=True, help="Write it; without this it is only shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def upgrade(context: click.Context, is_applied: bool, as_json: bool) -> None:
    """Replace old names of keys by new ones, in all texts.

    Comments, values and the order of lines stay. All texts are written, or none: one that was changed meanwhile is
    refused. Run it when every host has the new program, since an older one does not know the new names.
    """
    with open_source(config_url(context)) as source:
        tree = source.snapshot()
        found = renamed_lines(tree.contents)
        changed = with_new_names(tree.contents)
        if is_applied and changed:
            source.replace_all(changed, tree)
    if as_json:
        lines = [{"path": one.path, "line": one.line, "old": one.key.old, "new": one.key.new} for one in found]
        click.echo(json_text({"renamed": lines, "is_written": is_applied and bool(changed)}))
        return
    for line in found:
        click.echo(f"{line.path}:{line.line}: {line.key.old} -> {line.key.new}, since etl {line.key.since}")
    if not found:
        click.echo(f"{tree.origin} has no old names.")
    elif is_applied:
        click.echo(f"{tree.origin}: {len(changed)} texts written.")
    else:
        click.echo("Nothing is written: --apply does it.")


def _reported(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path or None,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key or None,
        "message": problem.message,
    }


@config.command()
@_COMPANY
@click.option("--next", "number", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many times.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def schedule(context: click.Context, company: str | None, number: int, as_json: bool) -> None:
    """Show when `etl run --loop` would look for a hand-over by its schedule, if it started now.

    What the partner hands over starts a run at once, unless startOnHandOver is false. Where topics of Kafka are read,
    also when waiting links are tried again and when recordIds and ended links are deleted; with a directory, when all
    users are brought.
    """
    tree = _tree(context)
    settings = parse_settings(
        tree.contents, origin=tree.origin, company=company, environ=os.environ, open_texts=tree.open_texts
    )
    zone = zone_of(settings.in_migration.time_zone, os.environ)
    of_runs = next_times(settings, os.environ, number)
    of_topics = next_times_of_topics(settings, os.environ, number)
    of_directory = next_times_of_directory(settings, os.environ, number)
    if as_json:
        found = _times_json(of_runs)
        more = {name: _times_json(one) for name, one in of_topics.items()}
        directory = {"directory": {SYNC_METHOD: _times_json(of_directory)}} if of_directory else {}
        click.echo(json_text(found | {"zone": str(zone)} | ({"kafka": more} if more else {}) | directory))
        return
    if of_runs.is_off:
        click.echo("The schedule is off: `etl run --loop` starts nothing.")
    else:
        _show_times(f"{printable(of_runs.pattern)} in the zone {zone}", of_runs)
    named = of_topics | ({f"{SYNC_METHOD} of the directory": of_directory} if of_directory else {})
    for name, one in named.items():
        if one.is_off:
            click.echo(f"{name} is off.")
        else:
            _show_times(f"{name}: {printable(one.pattern)}", one)


def _times_json(found: NextTimes) -> dict[str, object]:
    return {"pattern": found.pattern, "is_off": found.is_off, "next": [one.isoformat(sep=" ") for one in found.next]}


def _show_times(head: str, found: NextTimes) -> None:
    click.echo(head + ("" if found.next else ": this never comes"))
    for time in found.next:
        click.echo(f"  {time.isoformat(sep=' ')}")


@config.command(name="import")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def import_(context: click.Context, directory: Path) -> None:
    """Write all texts of DIRECTORY into the configuration in use.

    Texts that differ are replaced; texts that DIRECTORY lacks stay. Faulty texts are named, and nothing is written.
    """
    texts = _directory_texts(directory)
    if not texts:
        raise ConfigurationError(f"there is nothing to import: {directory} holds no text")
    faults = faults_of(texts, origin=_file_url(directory))
    if faults:
        raise ConfigurationError(*faults, "nothing was written: correct these faults first")
    with open_source(config_url(context)) as source:
        _report(transfer(texts, source, Clash.REPLACE), source.url)


@config.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace texts of DIRECTORY that differ.")
@click.pass_context
def export(context: click.Context, directory: Path, force: bool) -> None:
    """Write the configuration in use as files into DIRECTORY.

    Passwords in texts are also in the files, which only their owner may read.
    """
    texts = _tree(context).contents
    with DirectorySource(directory.absolute(), is_private=True) as target:
        done = transfer(texts, target, Clash.REPLACE if force else Clash.REFUSE)
        for path in done.unchanged:
            target.make_private(path)
    _report(done, target.url)


def _file_url(directory: Path) -> str:
    return f"file:{directory.absolute()}"


def _tree(context: click.Context) -> Tree:
    with open_source(config_url(context)) as source:
        return source.snapshot()


def _directory_texts(directory: Path) -> dict[str, str]:
    with open_source(_file_url(directory)) as source:
        return source.snapshot().contents


def _report(done: Transfer, url: str) -> None:
    for path in done.written:
        click.echo(f"wrote      {path}")
    for path in done.kept:
        click.echo(f"kept       {path} (it was there with another text)")
    for path in done.unchanged:
        click.echo(f"unchanged  {path}")
    click.echo(f"{url}: {len(done.written)} written, {len(done.kept)} kept, {len(done.unchanged)} unchanged")


def _plain(setting: Setting) -> dict[str, object]:
    return {
        "file": setting.file,
        "key": setting.key.name,
        "value": setting.shown,
        "unit": setting.key.unit,
        "origin": str(setting.origin),
    }


def _print(url: str, settings: tuple[Setting, ...]) -> None:
    out = console()
    out.print(Text(url, style="bold"))
    for file, group in groupby(settings, key=lambda setting: setting.file):
        table = Table("key", "value", "origin", title=Text(f"\n{file}"), title_justify="left", box=None, pad_edge=False)
        for column, width in zip(table.columns, _WIDTHS, strict=True):
            column.overflow, column.min_width = "fold", width
        for setting in group:
            # Text, not str: a value in square brackets is no markup.
            table.add_row(setting.key.name, _value(setting), Text(_origin(setting)))
        out.print(table)


def _origin(setting: Setting) -> str:
    """The origin as it reads below the name of its file; `--json` gives the whole path."""
    origin = setting.origin
    layer = {
        OriginKind.DEFAULT: "default",
        OriginKind.FILE: "",
        OriginKind.COMPANY: "company overlay",
        OriginKind.ENVIRONMENT: f"environment variable {origin.variable}",
    }[origin.kind]
    return ", ".join(part for part in (layer, f"line {origin.line}" if origin.line else "") if part)


def _value(setting: Setting) -> Text:
    shown = setting.shown
    if shown in ("", None):
        return Text(f"({setting.key.empty})", style="dim")
    word = str(shown).lower() if isinstance(shown, bool) else str(shown)
    return Text(f"{word} {setting.key.unit}".strip())

"""The demo on a screen of 100 columns: calm on a terminal, plain text in a pipe."""

import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from etl.demo import Load, Shown, Stage

WIDTH = 100
_COUNTS = ("claimed", "created", "changed", "unchanged", "removed", "rejected", "waiting")
# Counts that need attention stand out; zeros are dimmed.
_STYLES = {"claimed": "", "rejected": "red", "waiting": "yellow", "removed": "", "unchanged": "dim"}
_MOVES = {
    "upserted": "rows written",
    "deleted": "rows removed",
    "linked": "links added",
    "unlinked": "links removed",
}
_SCHEMAS = {
    "in_schema": "what partners write; beside it err, task and migration_receipt for them to read",
    "store_schema": "the golden store: instances, links, the journal of changes",
    "out_schema": "what readers see",
}


class Screen:
    """Prints the demo's screens; `quiet` prints nothing."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
        self._out = console or Console(width=width, highlight=False, quiet=quiet)
        self._status: Status | None = None

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """A spinner on a terminal while the demo works; it stops for each screen."""
        with self._out.status(text, spinner="dots") as self._status:
            yield

    def done(self) -> None:
        if self._status:
            self._status.stop()

    def _doing(self, text: str) -> None:
        if self._status:
            self._status.update(text)

    def stage(self, stage: Stage) -> None:
        self._out.print(Text("People, companies and claims go from in_ tables to out_ tables.", style="bold"))
        self._line(
            f"{stage.tables} tables made in schema {stage.schemas['in_schema']}, in a database of the demo's own."
        )
        self._doing("The partner loads")

    def act(self, number: int, act: Load) -> None:
        self._title(f"{number} · {act.title}")
        self._line("The partner, in plain SQL:")
        self._out.print(counts_table([(one.rows, one.what) for one in act.statements]))
        self._line("and hands over:")
        self._sql(act.hand_over)
        self._line(f"Run {act.outcome.run} took {act.outcome.seconds:.1f} s:")
        receipts = {one.in_table: asdict(one) for one in act.outcome.receipts}
        self._out.print(counts_by_name_table("in_ table", _COUNTS, receipts))
        self._links(act)
        self._faults(act)
        moves = ", ".join(f"{rows:,} {_MOVES.get(name, name)}" for name, rows in act.outcome.out.items() if rows)
        self._line(f"{act.outcome.out_schema}: {moves or 'nothing to change'}.")
        self._doing("The partner loads")

    def _links(self, act: Load) -> None:
        if act.outcome.resolved:
            self._line(f"{with_noun(act.outcome.resolved, 'link')} that waited found both ends.")
        for row in act.waiting:
            links, field = with_noun(row["links"], "link"), f"{row['bo']}.{row['field']} → {row['target_bo']}"
            self._line(f"{links} {field}: waiting until both ends are there.", style="yellow")

    def _faults(self, act: Load) -> None:
        if not act.faults:
            return
        self._line(f"{with_noun(len(act.faults), 'row')} rejected; the partner finds why in the table err:")
        groups: dict[tuple[str, ...], list[str]] = {}
        for fault in act.faults:
            field = ".".join(filter(None, (fault.in_table, fault.column_name)))
            what = (fault.code, field, fault.value or "", fault.message)
            groups.setdefault(what, []).append(fault.in_id or f"id {fault.row_id}")
        for (code, field, value, message), rows in groups.items():
            head = Text.assemble(
                "  ", (code, "red"), f"  {field}", f"  {value}" if value else "", "  ", ", ".join(rows)
            )
            self._out.print(head)
            self._line(f"    {message}", style="dim")

    def queries(self, stage: Stage, queries: Sequence[Shown]) -> None:
        self._title(f"3 · What readers see in {stage.schemas['out_schema']}")
        for one in queries:
            self._line(one.what[0].upper() + one.what[1:])
            self._sql(one.sql)
            self._out.print(_answer(one))

    def end(self, stage: Stage, *, stays: bool, has_console: bool = False) -> None:
        self._title("4 · Explore further")
        for name, what in _SCHEMAS.items():
            self._out.print(Text.assemble("  ", (f"{stage.schemas[name]:14}", "bold"), what))
        self._line("The configuration of this demo, and the state of its newest run:")
        config = shlex.quote(str(stage.config))
        etl = command()
        self._sql(f"ls {config}\n{etl} --config {config} status")
        if stays:
            self._line("The server runs until Ctrl-C; in another terminal:")
            self._sql(stage.psql)
        else:
            self._line("The server stopped with this command. This plays again and keeps it running for psql:")
            self._sql(f"{etl} demo --stay")
        if not has_console:
            self._line("The same in a browser: this plays it again and serves the console at http://127.0.0.1:8080/")
            self._sql(f"{etl} demo --web")

    def _title(self, text: str) -> None:
        self._out.print()
        self._out.rule(Text(text, style="bold"), align="left", style="dim", characters="─")

    def _line(self, text: str, style: str = "") -> None:
        self._out.print(Text(text, style=style))

    def _sql(self, text: str) -> None:
        # Statements to copy are never wrapped.
        self._out.print(Text(textwrap.indent(text, "  "), style="cyan"), soft_wrap=True)


def command() -> str:
    """The name by which the user can call `etl`."""
    # After `make demo` the command is not on the path.
    return "etl" if shutil.which("etl") else shlex.quote(sys.argv[0])


def with_noun(number: int, what: str) -> str:
    """A number and a noun."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _table(padding: int) -> Table:
    # An empty first column indents the table without filling its lines up with spaces.
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, padding, 0, 0))
    table.add_column("", width=2 - padding)
    return table


def counts_table(rows: Sequence[tuple[int, str]]) -> Table:
    """Numbers, each with what it counts."""
    table = _table(1)
    table.show_header = False
    table.add_column(justify="right", overflow="fold")
    table.add_column(overflow="fold")
    for number, what in rows:
        table.add_row("", f"{number:,}", what)
    return table


def counts_by_name_table(head: str, counts: Sequence[str], rows: Mapping[str, Mapping[str, Any]]) -> Table:
    """A row of counts for each name."""
    table = _table(1)
    # Where there is no room for both, names wrap to a second line and the counts are not wrapped.
    table.add_column(head, overflow="fold")
    for count in counts:
        table.add_column(count, justify="right", overflow="fold", min_width=len(count))
    for name, found in rows.items():
        table.add_row("", name, *(_count(count, found.get(count, 0)) for count in counts))
    return table


def _answer(shown: Shown) -> Table:
    table = _table(2)
    for column in shown.columns:
        table.add_column(column, overflow="fold")
    for row in shown.rows:
        table.add_row("", *(Text(_shown(value)) for value in row))
    return table


def _count(name: str, rows: int) -> Text:
    return Text(f"{rows:,}", style=_STYLES.get(name, "green")) if rows else Text("·", style="dim")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)

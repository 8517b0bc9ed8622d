"""What a person sees of the benchmark of the console, and what is too slow."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench.web.pages import LIMIT_MS, Timed
from scripts.bench.web.viewers import MOST_TIMES, Cost

_PAGE_COLUMNS = ("page", "role", "statistics", "answer", "first", "p50", "max", "processor")


def measurements(pages: Sequence[Timed], costs: Sequence[Cost]) -> dict[str, Any]:
    """For a file."""
    timed = [asdict(one) | {"p50_ms": one.p50, "max_ms": max(one.ms)} for one in pages]
    return {"pages": timed, "viewers": [asdict(one) for one in costs]}


def show(console: Console, pages: Sequence[Timed], costs: Sequence[Cost]) -> None:
    """The table of pages, the slowest first, and what open pages cost."""
    table = Table(title="milliseconds of server time")
    for number, head in enumerate(_PAGE_COLUMNS):
        table.add_column(head, justify="right" if number > 2 else "left", overflow="fold")
    for one in sorted(pages, key=lambda each: -max(each.ms)):
        cells = (one.status, one.first_ms, f"{one.p50:.0f}", max(one.ms), f"{one.busy_ms:.0f}")
        table.add_row(one.path, one.role, one.statistics, *map(str, cells))
    console.print(table)
    for cost in costs:
        console.print(
            f"{cost.viewers} open pages: {cost.transactions:.1f} transactions, {cost.blocks:,.0f} blocks and "
            f"{cost.active_ms:.1f} ms of the database a second; {cost.events:.2f} events a second for each"
        )


def broken(pages: Sequence[Timed], costs: Sequence[Cost]) -> list[str]:
    """Which pages are too slow, and whether open pages cost more than one."""
    found = [
        f"{one.path} as {one.role} with {one.statistics} statistics: {max(one.ms)} ms, more than {LIMIT_MS}"
        for one in pages
        if one.is_slow
    ]
    if len(costs) > 1 and costs[-1].transactions > MOST_TIMES * costs[0].transactions:
        found.append(
            f"{costs[-1].viewers} open pages: {costs[-1].transactions:.1f} transactions a second, more than "
            f"{MOST_TIMES} times the {costs[0].transactions:.1f} of one"
        )
    return found

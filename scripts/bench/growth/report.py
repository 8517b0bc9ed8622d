"""What was measured of all sizes: for the JSON file, and the table that a person sees."""

from rich.console import Console
from rich.table import Table

from scripts.bench.growth.rounds import feeds
from scripts.bench.results import Measurements, Results

_COLUMNS = ("rows", "feed", "of rows", "engine s", "floor s", "ratio", "cpu ratio", "µs a row", "floor's", "MB WAL")


def measurements(results: Results) -> Measurements:
    """`<feed>_seconds`, `<feed>_floor_seconds`, `<feed>_ratio` and so on."""
    found = results.measurements()
    return {f"{name}_{key}": value for name, one in found.items() for key, value in one.items()}


def show(console: Console, sizes: list[Measurements]) -> None:
    """A line for each feed of each size."""
    table = Table(title=f"PostgreSQL {sizes[-1]['server']}")
    for number, head in enumerate(_COLUMNS):
        table.add_column(head, justify="left" if number == 1 else "right", overflow="fold")
    for size in sizes:
        for feed in feeds(size["rows"]):
            one = {key: size["growth"][f"{feed.name}_{key}"] for key in ("seconds", "floor_seconds", "wal_bytes")}
            ratios = [size["growth"][f"{feed.name}_{key}"] for key in ("ratio", "cpu_ratio")]
            table.add_row(
                f"{size['rows']:,}",
                feed.name,
                f"{feed.rows:,}",
                f"{one['seconds']:.2f}",
                f"{one['floor_seconds']:.2f}",
                *(f"{ratio:.2f}" for ratio in ratios),
                f"{one['seconds'] / feed.rows * 1e6:.2f}",
                f"{one['floor_seconds'] / feed.rows * 1e6:.2f}",
                f"{one['wal_bytes'] / 1e6:.0f}",
            )
    console.print(table)

"""`etl adopt`: the data of an existing installation, with their ids."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.progress import bars
from etl.engine import open_runtime
from etl.operations.adopt import AdoptedTable, AdoptionResult, adopt, show_adopted
from etl.quoting import printable
from etl.quoting.json_text import json_text

_SHOWN: Final = 20
_REFUSED: Final = 3


@click.command(name="adopt")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@COMPANY
@click.option("--dry-run", "is_dry", is_flag=True, help="Do all of it, and roll it back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def adopt_command(context: click.Context, folder: Path, company: str | None, is_dry: bool, as_json: bool) -> None:
    """Load the data of an existing installation, with their own ids, into an empty store.

    FOLDER has a file for each table, named after it: Client.csv, _Claim_Client_.parquet, boi_reference.jsonl,
    in_fileStorage.csv, and in_Client.csv with further external ids. Each is one transaction: all of its rows are
    adopted, or none. Rows and digests of file and store are compared. What is there already is compared only, so a call
    that was killed is repeated. Exits with status 3 if a table is refused.
    """
    found: list[AdoptedTable] = []
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        with bars(quiet=as_json) as progress:
            for one in adopt(runtime, folder, progress, is_dry=is_dry):
                found.append(one)
                if not as_json:
                    _show(one, is_dry=is_dry)
        if not is_dry and any(one.result is AdoptionResult.ADOPTED for one in found):
            show_adopted(runtime)
    is_refused = any(one.result is AdoptionResult.REFUSED for one in found)
    if as_json:
        click.echo(json_text({"ok": not is_refused, "is_dry_run": is_dry, "tables": [_as_json(one) for one in found]}))
    elif is_dry:
        click.echo("Nothing is written: --dry-run.")
    sys.exit(_REFUSED if is_refused else 0)


def _as_json(one: AdoptedTable) -> dict[str, object]:
    return asdict(one) | {"result": str(one.result)}


def _show(one: AdoptedTable, *, is_dry: bool) -> None:
    name = printable(one.file)
    if one.result is AdoptionResult.REFUSED:
        click.echo(f"{name}: refused, nothing of it is adopted; {one.bad_rows:,} faults:")
        for fault in one.faults[:_SHOWN]:
            click.echo(f"  {printable(str(fault))}")
        if one.bad_rows > _SHOWN:
            click.echo(f"  … (--json shows the first {len(one.faults):,})")
        return
    verb = "are there already" if one.result is AdoptionResult.PRESENT else "would be adopted" if is_dry else "adopted"
    waiting = one.counters.get("files_waiting", 0)
    digest = f", digest {one.digest}" if one.digest else ""
    click.echo(f"{name}: {one.rows:,} rows {verb}{digest}")
    if waiting:
        click.echo(f"  {waiting:,} fields wait for files that are not in in_fileStorage")

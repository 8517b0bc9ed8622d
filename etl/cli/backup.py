"""`etl backup`: dumps of all databases of a company at one moment, with its configuration."""

from pathlib import Path

import click

from etl.cli.screen.backups import PROGRAMS, shown_size
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.operations import back_up, open_installation
from etl.quoting.json_text import json_text


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Folder to write; it must not exist.",
)
@COMPANY
@PROGRAMS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def backup(context: click.Context, output: Path, company: str | None, programs: str, as_json: bool) -> None:
    """Write a backup of import, store, out_ tables, the console's users, and the configuration.

    Runs, batches and partners work meanwhile and wait for nothing; the backup shows one moment of all databases. A
    backup that is interrupted leaves nothing. Secrets of the configuration are left out, references to them stay.
    """
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        made = back_up(installation, output, programs=programs)
    manifest = made.manifest
    if as_json:
        click.echo(json_text({"folder": str(made.folder), "seconds": made.seconds, **manifest.model_dump(mode="json")}))
        return
    for one in manifest.dumps:
        click.echo(f"{one.name}: {len(one.tables)} tables, {one.rows:,} rows, {shown_size(one.file.size)}")
    for left_out in manifest.left_out:
        click.echo(f"left out: {left_out}")
    click.echo(f"{made.folder} is the backup of {manifest.taken_at:%F %T %Z}, made in {made.seconds:.0f} s.")

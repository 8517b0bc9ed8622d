"""`etl upgrade server`: another major version of the embedded PostgreSQL."""

from pathlib import Path

import click

from etl.config import etl_home
from etl.quoting import printable
from etl.quoting.json_text import json_text


@click.command()
@click.option(
    "--programs",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Programs of the version that the data have; without it those of the package or of the system.",
)
@click.option("--finish", is_flag=True, help="Delete the old data.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def server(programs: Path | None, finish: bool, as_json: bool) -> None:
    """Bring the data of the embedded PostgreSQL to the major version that this program brings.

    Everything is copied; the old data stay beside the new ones until --finish. While other processes use the server the
    command exits with status 75.
    """
    from etl.embedded import delete_old_data, upgrade_server

    if finish:
        deleted = delete_old_data(etl_home())
        if as_json:
            click.echo(json_text({"deleted": [str(one) for one in deleted]}))
        for one in () if as_json else deleted:
            click.echo(f"deleted: {printable(str(one))}")
        if not (as_json or deleted):
            click.echo("There are no old data.")
        return
    done = upgrade_server(etl_home(), programs=programs)
    if as_json:
        seen = (
            {"before": done.before, "after": done.after, "data": str(done.data), "old": str(done.old)} if done else {}
        )
        click.echo(json_text({"upgraded": done is not None, **seen}))
    elif done:
        click.echo(f"PostgreSQL {done.before} became {done.after} in {done.seconds:.0f} s: {printable(str(done.data))}")
        click.echo(f"The old data stay in {printable(str(done.old))} until `etl upgrade server --finish`.")
    else:
        click.echo("Nothing to do: there are no data of another version.")

"""`etl erase`: a person's values, listed and erased."""

from collections.abc import Iterator
from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.operations import Erased, erase, find_holders, open_installation, repeat_erasures
from etl.quoting import printable, shown
from etl.quoting.json_text import json_text


@click.command(name="erase")
@click.argument("table", metavar="OBJECT", required=False)
@click.argument("named", metavar="ID", required=False)
@COMPANY
@click.option("--apply", "is_applied", is_flag=True, help="Erase it; without this option nothing is written.")
@click.option("--reason", metavar="TEXT", help="Why, for the record of the erasure. No value of the person.")
@click.option("--repeat", "is_repeating", is_flag=True, help="Continue and repeat erasures, e.g. after a restore.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def erase_command(
    context: click.Context,
    table: str | None,
    named: str | None,
    company: str | None,
    is_applied: bool,
    reason: str | None,
    is_repeating: bool,
    as_json: bool,
) -> None:
    """List everything that holds values of an instance, and what lies beyond reach; with --apply erase them for good.

    OBJECT is the code of a business object or an in_ table, ID the id in the partner's system, that of the
    instance, or the value of a unique field.

    Its rows of in_ tables, waiting links and files are deleted. The instance stays, REMOVED and without values, and so
    do its changes in the journal; nothing reverts that. Outputs follow. An erasure that was interrupted continues with
    the same command. It is noted in the configuration, so that a restore repeats it: `etl restore --activate` does,
    and with --repeat this command.
    """
    if is_repeating != (table is None) or (named is None) != (table is None):
        raise click.UsageError("name an object and an id, or --repeat")
    if is_applied and not is_repeating and not (reason or "").strip():
        raise click.UsageError("--apply needs --reason")
    if is_repeating and not is_applied:
        raise click.UsageError("--repeat needs --apply")
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        if is_repeating:
            found = repeat_erasures(installation)
        elif is_applied:
            found = [erase(installation, table or "", named or "", reason=reason or "")]
        else:
            found = [find_holders(installation, table or "", named or "")]
    if as_json:
        click.echo(json_text([asdict(one) for one in found]))
        return
    for one in found:
        for line in _lines(one):
            click.echo(line)
    if not found:
        click.echo("No erasure is to be continued or repeated.")


def _lines(found: Erased) -> Iterator[str]:
    instances = ", ".join(found.instances) or "no instance"
    ids = ", ".join(map(shown, found.in_ids)) or "no external id"
    yield f"{found.bo}: {instances}" if found.number else f"{found.bo}: {instances}; {ids}"
    for one in found.holders:
        what = "lines" if one.database == "log" else "rows"
        did = "deleted" if one.is_deleting else "emptied"
        yield f"  {one.database}: {printable(one.name)}, {one.rows:,} {what} {'' if found.number else 'to be '}{did}"
    yield "Beyond reach:"
    for sentence in found.beyond:
        yield f"  {printable(sentence)}"
    if found.number:
        yield f"Erased as unit {found.number}."
    else:
        yield "Nothing is written; --apply --reason TEXT erases it."

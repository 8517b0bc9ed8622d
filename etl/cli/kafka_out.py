"""`etl kafka out`, `recover`, `forget-output`: changes of the store, and the whole of it, into topics."""

import os
from dataclasses import asdict
from functools import partial

import click

from etl.cli.screen.log import open_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.recovery import RecoveryOptions, recovery_options
from etl.engine import open_runtime, send_alerts, write_topics
from etl.engine.kafka_out.outputs import forget_output, write_outputs
from etl.errors import ConfigurationError
from etl.outputs.kafka.reading import RemovedRows
from etl.quoting import printable
from etl.quoting.json_text import json_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def add_out_commands(group: click.Group) -> None:
    for command in (out, recover, forget):
        group.add_command(command)


@click.command()
@COMPANY
@click.option("--output", "names", multiple=True, metavar="NAME", help="Only this output; may be repeated.")
@click.option("--loop", is_flag=True, help="Write as a service, until a signal ends it.")
@_JSON
@click.pass_context
def out(context: click.Context, company: str | None, names: tuple[str, ...], loop: bool, as_json: bool) -> None:
    """Write what has changed in the golden store into topics, each change once, until nothing is left.

    With --loop it is a service: SIGTERM ends it within five seconds, a second one at once, SIGHUP reads the
    configuration again; changes of the configuration take effect by themselves. On each of several hosts it stands by
    for the others. `etl run --loop` does the same beside its runs.
    """
    if loop:
        write_topics(config_url(context), company, os.environ, open_log(is_service=True), names)
    with open_runtime(config_url(context), company) as runtime:
        try:
            written = write_outputs(runtime, names)
        finally:
            send_alerts(runtime)
    if as_json:
        click.echo(json_text({name: asdict(one) for name, one in written.items()}))
        return
    for name, one in written.items():
        rest = f"; {one.unsent} were too large for their topic" if one.unsent else ""
        click.echo(f"{name}: {one.records} records in {one.steps} transactions{rest}.")


@click.command()
@COMPANY
@click.option("--output", "name", metavar="NAME", help="Whose format and topics; needed where there are several.")
@click.option("--topic", default="", metavar="TOPIC", help="Topic for all records, instead of those of the output.")
@click.option(
    "--removed",
    type=click.Choice([one.value for one in RemovedRows]),
    default=RemovedRows.STATE.value,
    show_default=True,
    help="Of REMOVED instances: their state; archived: all that they have, with the state ARCHIVED; only: their state, "
    "and nothing of others.",
)
@recovery_options
@click.pass_context
def recover(
    context: click.Context, company: str | None, name: str | None, topic: str, removed: str, options: RecoveryOptions
) -> None:
    """Write whole business objects into topics, as full images.

    Refused while tasks of a run or of a recovery are unfinished. One that was killed continues with --continue where it
    was; the view last_migration_state shows its tasks.
    """
    options.refuse_others(name, topic, removed != RemovedRows.STATE)
    from etl.engine.kafka_out.recovery import begin_recovery, continue_recovery, give_up_recovery

    with open_runtime(config_url(context), company) as runtime:
        found = options.perform(
            lambda: begin_recovery(
                runtime, name, codes=options.codes, excluded=options.excluded, topic=topic, removed=RemovedRows(removed)
            ),
            partial(continue_recovery, runtime),
            partial(give_up_recovery, runtime),
        )
    if found is None:
        return
    if options.as_json:
        click.echo(json_text(asdict(found)))
        return
    for code, records in found.records.items():
        click.echo(f"{code}: {records} records.")
    for field, instances in found.files.items():
        click.echo(f"{field}: {instances} records name a file without its content: load the files first.")
    if found.unsent:
        click.echo(f"{found.unsent} records were too large for their topic; see the table kafka_unsent_record.")


@click.command("forget-output")
@COMPANY
@click.argument("name")
@click.pass_context
def forget(context: click.Context, company: str | None, name: str) -> None:
    """Free the journal that an output keeps which is switched off for good."""
    with open_runtime(config_url(context), company) as runtime:
        known = forget_output(runtime, name)
    if not known:
        raise ConfigurationError(f"there is no output {printable(name)}: `etl kafka status` shows those that are known")
    click.echo(f"The output {name} is forgotten.")

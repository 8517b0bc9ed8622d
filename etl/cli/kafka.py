"""`etl kafka`: records from topics of Kafka, and changes into them."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from etl.cli.kafka_out import add_out_commands
from etl.cli.screen import kafka as kafka_screen
from etl.cli.screen.findings import report
from etl.cli.screen.log import open_log
from etl.cli.screen.numbers import COUNT, ID, PARTITION
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime, read_configuration, read_topics
from etl.engine.kafka_in.operating import SeekTarget, move, read_errors, read_letters, resend_letters
from etl.engine.kafka_out.outputs import output_states
from etl.errors import ConfigurationError, EnvironmentFault
from etl.monitoring.kafka_check import check_kafka
from etl.monitoring.kafka_status import read_kafka_status
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, SERVERS_VARIABLE

Command = TypeVar("Command", bound=Callable[..., Any])

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LIMIT = click.option("--limit", type=COUNT, default=50, show_default=True, help="Maximum number of lines.")
_TOPIC = click.option("--topic", metavar="NAME", help="Only those of this topic.")
_CODE = click.option("--code", metavar="CODE", help="Only those with this code.")
# Brokers of one cluster have fewer partitions in all.
_PARTITIONS = click.IntRange(1, 100_000)
# Kafka counts copies in 16 bits.
_REPLICAS = click.IntRange(1, 2**15 - 1)


@click.group()
def kafka() -> None:
    """Read topics of Kafka and write into them, see and move positions, care for rejected records.

    Where the next record is read is known from the golden store alone.
    """


@kafka.command(name="in")
@COMPANY
@click.pass_context
def in_(context: click.Context, company: str | None) -> None:
    """Read topics into the golden store until a signal ends it.

    A service: SIGTERM ends it within five seconds, a second one at once, SIGHUP reads the configuration again; changes
    of the configuration take effect by themselves. Any number of hosts share the partitions. `etl run --loop` does the
    same beside its runs.
    """
    read_topics(config_url(context), company, os.environ, open_log(is_service=True))


@kafka.command()
@COMPANY
@_JSON
@click.pass_context
def check(context: click.Context, company: str | None, as_json: bool) -> None:
    """Check brokers, topics, ACLs, limits, error topics and clocks.

    Writes nothing, in Kafka or in a database. Each line: what was checked, what was found, what to do. Exits with
    status 1 when something keeps records from being read or written; with 0 when there are only warnings.
    """
    report(check_kafka(config_url(context), company), as_json=as_json)


@kafka.command(name="make-topics")
@click.option("--partitions", type=_PARTITIONS, default=6, show_default=True, help="Of topics with records of objects.")
@click.option("--replicas", type=_REPLICAS, help="Copies of each partition.  [default: as the brokers say]")
@COMPANY
@_JSON
@click.pass_context
def make_topics(
    context: click.Context, partitions: int, replicas: int | None, company: str | None, as_json: bool
) -> None:
    """Make the topics that the configuration names and that are missing.

    Topics that are read, those of rejected records, those of outputs and of their progress, each with the options that
    it needs. What is there stays as it is.
    """
    from etl.kafka import make_topics as make

    settings, _ = read_configuration(config_url(context), company)
    if not settings.kafka.connection.servers:
        raise ConfigurationError(f"say where the brokers are: servers in {KAFKA}, or {SERVERS_VARIABLE}")
    made = []
    for one in make(settings.kafka, partitions=partitions, replicas=replicas or -1):
        made.append({"topic": one.topic.name, "purpose": one.topic.purpose, "made": one.is_new})
        if not as_json:
            click.echo(f"{one.topic.name}: {'made' if one.is_new else 'is there'}; it {one.topic.purpose}")
    if as_json:
        click.echo(json_text({"topics": made}))
    elif not made:
        click.echo(f"Nothing is read or written: see {IN_KAFKA} and {OUT_KAFKA}.")


@kafka.command()
@COMPANY
@_JSON
@click.pass_context
def status(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show how far each partition is, who reads it, and why one is not read; and how much each output is behind."""
    with open_runtime(config_url(context), company) as runtime:
        found = read_kafka_status(runtime, with_instances=True)
        outputs = output_states(runtime)
    if as_json:
        click.echo(json_text(asdict(found) | {"lag": found.lag, "outputs": [asdict(one) for one in outputs]}))
    else:
        kafka_screen.show_status(found)
        kafka_screen.show_outputs(outputs)


@kafka.command()
@COMPANY
@click.option(
    "--max",
    "most",
    type=ID,
    help="Exit with status 1 if more records wait; without it lagLimit counts.",
)
@_JSON
@click.pass_context
def lag(context: click.Context, company: str | None, most: int | None, as_json: bool) -> None:
    """Show how many records wait to be merged.

    Exits with status 1 when it is more than --max, or when a partition is stopped or a topic is not there or closed by
    an ACL, and with 4 when the brokers cannot be asked. Without --max the setting lagLimit counts; without both there
    is no status 1.
    """
    with open_runtime(config_url(context), company) as runtime:
        found = read_kafka_status(runtime)
        limit = runtime.settings.kafka.in_migration.lag_limit if most is None else most
    if as_json:
        values = {"lag": found.lag, "stopped": found.stopped, "missing": list(found.missing), "fault": found.fault}
        click.echo(json_text(values | {"hidden": dict(found.hidden)}))
    if found.lag is None:
        raise EnvironmentFault(found.why_uncounted)
    if not as_json:
        kafka_screen.show_lag(found)
    if limit is not None and (found.lag > limit or found.stopped or found.missing or found.hidden):
        sys.exit(1)


def _placing(command: Command) -> Command:
    """The options that say which partitions are moved, and where to."""
    for option in reversed(
        [
            click.option("--topic", required=True, metavar="NAME", help="Topic that is read."),
            click.option(
                "--partition",
                "numbers",
                type=PARTITION,
                multiple=True,
                metavar="P",
                help="Only this partition; may be repeated. Without it all of the topic.",
            ),
            click.option("--offset", type=ID, metavar="N", help="Read on from this offset."),
            click.option(
                "--time",
                "moment",
                metavar="T",
                help="Read on from the first record of this time or later: 2026-11-28T10:00:00Z; without a zone UTC.",
            ),
            click.option("--beginning", is_flag=True, help="Read on from the oldest record."),
        ]
    ):
        command = option(command)
    return command


@kafka.command()
@_placing
@click.option("--end", is_flag=True, help="Read on behind the newest record: all others are passed over.")
@COMPANY
@_JSON
@click.pass_context
def seek(
    context: click.Context,
    topic: str,
    numbers: tuple[int, ...],
    offset: int | None,
    moment: str | None,
    beginning: bool,
    end: bool,
    company: str | None,
    as_json: bool,
) -> None:
    """Read partitions on from another offset; a stopped one is read again.

    Workers need not be stopped. Records whose recordIds are remembered are not merged again: `etl kafka replay` does
    that.
    """
    _move(context, company, topic, numbers, (offset, moment, beginning, end), forgets=False, as_json=as_json)


@kafka.command()
@_placing
@COMPANY
@_JSON
@click.pass_context
def replay(
    context: click.Context,
    topic: str,
    numbers: tuple[int, ...],
    offset: int | None,
    moment: str | None,
    beginning: bool,
    company: str | None,
    as_json: bool,
) -> None:
    """Go back, and merge records once more although their recordIds are remembered.

    What older records say overwrites what other sources or partitions have said since.
    """
    _move(context, company, topic, numbers, (offset, moment, beginning, False), forgets=True, as_json=as_json)


def _move(
    context: click.Context,
    company: str | None,
    topic: str,
    numbers: tuple[int, ...],
    to: tuple[int | None, str | None, bool, bool],
    *,
    forgets: bool,
    as_json: bool,
) -> None:
    offset, moment, is_beginning, is_end = to
    if (offset is not None) + (moment is not None) + is_beginning + is_end != 1:
        raise click.UsageError("say from where, once: --offset, --time, --beginning" + ("" if forgets else " or --end"))
    target = SeekTarget(offset, None if moment is None else _milliseconds(moment), is_beginning, is_end)
    with open_runtime(config_url(context), company) as runtime:
        moved = move(runtime, topic, numbers, target, forgets=forgets)
    if as_json:
        click.echo(json_text({"moved": [asdict(one) for one in moved]}))
        return
    for one in moved:
        before = "it was never read" if one.before is None else f"it was at {one.before}"
        forgotten = f", {one.forgotten:,} recordIds forgotten" if forgets else ""
        click.echo(f"{one.topic}/{one.partition} is read on from offset {one.next_offset}; {before}{forgotten}")


def _milliseconds(moment: str) -> int:
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise click.BadParameter(
            f"{printable(moment)} is no time: write 2026-11-28T10:00:00Z", param_hint="--time"
        ) from None
    milliseconds = int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    if milliseconds < 0:
        raise click.BadParameter("topics have no times before 1970: use --beginning", param_hint="--time")
    return milliseconds


@kafka.command()
@_TOPIC
@_CODE
@_LIMIT
@COMPANY
@_JSON
@click.pass_context
def errors(
    context: click.Context, topic: str | None, code: str | None, limit: int, company: str | None, as_json: bool
) -> None:
    """List what was wrong with records, the newest first."""
    with open_runtime(config_url(context), company) as runtime:
        found = read_errors(runtime, topic=topic, code=code, limit=limit)
    if as_json:
        click.echo(json_text({"errors": found}))
    else:
        kafka_screen.show_errors(found)


@kafka.group(name="dead-letters")
def dead_letters() -> None:
    """List, show and send back rejected records, as they were received."""


@dead_letters.command(name="list")
@_TOPIC
@_CODE
@click.option("--all", "with_resent", is_flag=True, help="Also those that were sent back.")
@_LIMIT
@COMPANY
@_JSON
@click.pass_context
def list_(
    context: click.Context,
    topic: str | None,
    code: str | None,
    with_resent: bool,
    limit: int,
    company: str | None,
    as_json: bool,
) -> None:
    """List rejected records, the newest first."""
    with open_runtime(config_url(context), company) as runtime:
        found = read_letters(runtime, topic=topic, code=code, only_open=not with_resent, limit=limit)
    if as_json:
        click.echo(json_text({"dead_letters": [kafka_screen.letter(one) for one in found]}))
    else:
        kafka_screen.show_letters(found)


@dead_letters.command()
@click.argument("letter_id", metavar="ID", type=ID)
@COMPANY
@_JSON
@click.pass_context
def show(context: click.Context, letter_id: int, company: str | None, as_json: bool) -> None:
    """Show one rejected record: why, where from, its key and its value."""
    with open_runtime(config_url(context), company) as runtime:
        found = read_letters(runtime, ids=[letter_id])
    if not found:
        raise ConfigurationError(f"there is no dead letter {letter_id}: `etl kafka dead-letters list` shows them")
    if as_json:
        click.echo(json_text(kafka_screen.letter(found[0], with_value=True)))
    else:
        kafka_screen.show_letter(found[0])


@dead_letters.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=ID)
@_TOPIC
@_CODE
@COMPANY
@_JSON
@click.pass_context
def resend(
    context: click.Context,
    ids: tuple[int, ...],
    topic: str | None,
    code: str | None,
    company: str | None,
    as_json: bool,
) -> None:
    """Put rejected records back into their topics, once the cause is gone.

    Those with these ids, or those that the options choose. They come behind all records that are there. Whether they
    overwrite what later ones have changed, the setting resendMode says.
    """
    if not ids and topic is None and code is None:
        raise click.UsageError("say which dead letters: ids, --topic or --code")
    with open_runtime(config_url(context), company) as runtime:
        found = resend_letters(runtime, ids=list(ids) or None, topic=topic, code=code)
    if as_json:
        click.echo(json_text({"resent": found}))
    else:
        click.echo(f"{found:,} records were sent back.")


add_out_commands(kafka)

"""What `etl kafka` shows of partitions, errors and dead letters. What partners wrote is escaped."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from etl.cli.screen.printing import console
from etl.cli.screen.tables import plain_table
from etl.quoting import printable, shown
from etl.sources.kafka.reading_settings import DIFFERING

if TYPE_CHECKING:
    from etl.monitoring.kafka_status import PartitionStatus, ReadingStatus
    from etl.outputs.kafka.registry import OutputState
    from etl.sources.kafka.outbox import DeadLetter

_SHOWN = 4_000
_MIB = 1024 * 1024


def show_status(found: "ReadingStatus") -> None:
    if found.fault:
        click.echo(f"The brokers cannot be asked: {printable(found.fault)}")
    show_missing(found)
    if not found.partitions:
        click.echo("No partition has been read yet.")
        return
    columns = ["topic", "partition", "next", "end", "lag", "behind", "owner", "token", "state"]
    rows = [
        [
            one.topic,
            str(one.partition),
            "" if one.next_offset is None else f"{one.next_offset:,}",
            "" if one.end is None else f"{one.end:,}",
            "" if one.lag is None else f"{one.lag:,}",
            "" if one.lag_seconds is None else f"{one.lag_seconds:,.0f} s",
            one.owner,
            str(one.token),
            _reading(one),
        ]
        for one in found.partitions
    ]
    console().print(plain_table(columns, rows, numbers={"partition", "next", "end", "lag", "behind", "token"}))
    for topic, letters in found.unsent.items():
        click.echo(f"{letters:,} dead letters of {topic} are not sent yet.")
    for one in found.partitions:
        if one.lost:
            name = f"{one.topic}/{one.partition}"
            click.echo(
                f"{one.lost:,} offsets of {name} were gone before they were read: `etl kafka errors` names them."
            )
    if found.in_several:
        click.echo(
            f"{found.in_several:,} instances had records in several partitions lately, {shown(found.example)} among "
            "them: what is merged last counts. The same key for all records of an instance gives them an order."
        )
    if found.differing:
        click.echo(printable(f"Warning: {DIFFERING}: {found.differing}."))
    if any(one.stopped for one in found.partitions):
        click.echo("`etl kafka seek` says from where a stopped partition is read on.")


def show_lag(found: "ReadingStatus") -> None:
    """Of records that can be counted."""
    click.echo(f"{found.lag or 0:,} records wait.")
    for name in found.stopped:
        click.echo(f"{name} is not read: `etl kafka status` says why.")
    show_missing(found)


def show_outputs(outputs: "Sequence[OutputState]") -> None:
    """One line per output, those too that are switched off and keep the journal."""
    if outputs:
        columns = ["output", "records", "behind", "journal", "state"]
        rows = [
            [
                one.name,
                f"{one.records:,}",
                f"{one.changes:,}",
                f"{one.journal_bytes // _MIB:,} MiB",
                _writing(one),
            ]
            for one in outputs
        ]
        console().print(plain_table(columns, rows, numbers={"records", "behind", "journal"}))
    for one in outputs:
        if one.warning:
            click.echo(f"Output {one.name} {printable(one.warning)}")


def _writing(one: "OutputState") -> str:
    if not one.is_configured:
        return "switched off"
    return "stopped" if one.is_stopped else ""


def show_missing(found: "ReadingStatus") -> None:
    for topic in found.missing:
        click.echo(f"The topic {topic} is not there: make it, or correct topics in configs/InMigrationKafkaConfig.txt.")
    for topic, why in found.hidden.items():
        click.echo(f"The topic {topic} cannot be seen, and its records are not counted: {printable(why)}")


def _reading(one: "PartitionStatus") -> str:
    if not one.is_chosen:
        return "topic not chosen"
    since = f" since {one.since:%F %T}" if one.since else ""
    if one.stopped:
        return f"stopped: {one.stopped}{since}"
    if one.open_at is not None:
        return f"held at offset {one.open_at:,}{since}" if one.is_held else f"open transaction at {one.open_at:,}"
    return "" if one.owner else "not read"


def show_errors(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        click.echo("No record has been rejected.")
        return
    columns = ["topic", "partition", "offset", "path", "code", "severity", "message"]
    rows = [
        [
            one["topic"],
            str(one["partition"]),
            str(one["record_offset"]),
            shown(one["path"] or ""),
            one["code"],
            one["severity"],
            printable(one["message"]),
        ]
        for one in found
    ]
    console().print(plain_table(columns, rows, numbers={"partition", "offset"}))


def show_letters(found: "Sequence[DeadLetter]") -> None:
    if not found:
        click.echo("No dead letters.")
        return
    columns = ["id", "topic", "partition", "offset", "code", "state", "message"]
    rows = [
        [
            str(one.id),
            one.topic,
            str(one.partition),
            str(one.record_offset),
            one.code,
            _state(one),
            printable(one.message),
        ]
        for one in found
    ]
    console().print(plain_table(columns, rows, numbers={"id", "partition", "offset"}))


def show_letter(one: "DeadLetter") -> None:
    click.echo(f"Dead letter {one.id} of batch {one.unit}: {one.topic}/{one.partition}, offset {one.record_offset}")
    click.echo(f"  {one.code} at {shown(one.path)}: {printable(one.message)}")
    click.echo(f"  {_state(one)}")
    click.echo(f"  key    {_text(one.key)}")
    click.echo(f"  value  {_text(one.value) if not one.is_cut else f'too large to be kept: {one.value_bytes:,} bytes'}")


def letter(one: "DeadLetter", *, with_value: bool = False) -> dict[str, object]:
    """As JSON. Key and value are text, or in Base64 where they are none."""
    found = asdict(one)
    key, value = found.pop("key"), found.pop("value")
    found |= {"key": _plain(key), "key_base64": _base64(key), "is_cut": one.is_cut}
    return found | {"value": _plain(value), "value_base64": _base64(value)} if with_value else found


def _state(one: "DeadLetter") -> str:
    if one.resent_at is not None:
        return "sent back"
    return "not sent" if one.sent_at is None else "sent"


def _plain(data: bytes | None) -> str | None:
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        return None


def _base64(data: bytes | None) -> str | None:
    return None if data is None or _plain(data) is not None else base64.b64encode(data).decode()


def _text(data: bytes | None) -> str:
    if data is None:
        return "(none)"
    text = f"`{printable(data[:_SHOWN].decode(errors='backslashreplace'))}`"
    return text if len(data) <= _SHOWN else f"{text} … {len(data):,} bytes; --json prints all"

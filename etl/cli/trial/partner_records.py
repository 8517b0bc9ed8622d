"""`etl partner play --test-topic`: a partner who sends records."""

import random
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import click
from rich.table import Table

from etl.cli.screen.printing import console
from etl.engine import open_runtime, read_configuration
from etl.errors import ConfigurationError, RunStopped
from etl.metadata import Company
from etl.quoting.json_text import json_text
from etl.settings import KafkaConnection, Settings
from etl.settings.kafka_keys import IN_KAFKA, SERVERS_VARIABLE
from etl.simulator.kafka import RecordData
from etl.sources.kafka.rules import rules_of

if TYPE_CHECKING:
    from etl.simulator.kafka.play import RecordPartner, SentCounts, TopicCounts


@dataclass(frozen=True)
class Sending:
    topic: str
    servers: str | None
    scenarios: tuple[str, ...]
    batches: int
    count: int
    rate: float
    seed: int
    wait_seconds: float


def send_records(config_url: str, company: str | None, wanted: Sending, *, as_json: bool) -> None:
    """Sends, compares unless `wait_seconds` is 0, and prints. Raises RunStopped when the counts do not agree."""
    from etl.simulator.kafka.play import RecordPartner, TopicReader

    settings, found_company = read_configuration(config_url, company)
    connection, data = _connection(settings, wanted), _data(settings, found_company, wanted)
    if not wanted.wait_seconds:
        with RecordPartner(connection, wanted.topic, data, rate=wanted.rate) as partner:
            _play(partner, wanted)
        _show(partner.sent, partner.data, None, as_json=as_json)
        return
    if wanted.topic not in settings.kafka.in_migration.topics:
        message = f"the topic {wanted.topic} is none of those that are read: add it to topics in {IN_KAFKA}"
        raise ConfigurationError(f"{message}, or say --wait 0")
    with open_runtime(config_url, company) as runtime:
        reader = TopicReader(runtime, wanted.topic)
        with RecordPartner(connection, wanted.topic, data, rate=wanted.rate) as partner:
            _play(partner, wanted)
        reader.wait(connection, wanted.wait_seconds, lambda: "start `etl kafka in` beside the partner, or say --wait 0")
        found = reader.found(data)
    _show(partner.sent, partner.data, found, as_json=as_json)
    if not _agrees(partner.sent, partner.data, found):
        raise RunStopped("what was sent and what the store has do not agree")


def _connection(settings: Settings, wanted: Sending) -> KafkaConnection:
    connection = settings.kafka.connection
    if wanted.servers:
        connection = replace(connection, servers=wanted.servers)
    if not connection.servers:
        raise ConfigurationError(f"say which brokers: --servers host:port, or {SERVERS_VARIABLE}")
    return connection


def _data(settings: Settings, company: Company, wanted: Sending) -> RecordData:
    data = RecordData(company, rules_of(settings.kafka.in_migration), wanted.seed)
    if not data.objects:
        raise ConfigurationError(f"records may load no object: see allowedBusinessObjects in {IN_KAFKA}")
    return data


def _play(partner: "RecordPartner", wanted: Sending) -> None:
    for batch in range(wanted.batches):
        name = wanted.scenarios[batch % len(wanted.scenarios)]
        click.echo(f"batch {batch + 1} of {wanted.batches}: {name}", err=True)
        partner.play(name, wanted.count, random.Random(f"{wanted.seed}/{batch}"))  # noqa: S311 - made-up data


def _agrees(sent: "SentCounts", data: RecordData, found: "TopicCounts") -> bool:
    return (found.merged, found.rejected, found.states, found.links) == (
        sent.merged,
        sent.rejected,
        data.states(),
        data.link_counts(),
    )


def _show(sent: "SentCounts", data: RecordData, found: "TopicCounts | None", *, as_json: bool) -> None:
    agrees = None if found is None else _agrees(sent, data, found)
    if as_json:
        expected = {"states": data.states(), "links": data.link_counts()}
        store = None if found is None else asdict(found)
        click.echo(json_text({"sent": asdict(sent), "expected": expected, "found": store, "agrees": agrees}))
        return
    table = Table("object or link", "should be there", *(["is there"] if found else []))
    for name, states in data.states().items():
        table.add_row(name, _listed(states), *([_listed(found.states.get(name, {}))] if found else []))
    for name, links in data.link_counts().items():
        table.add_row(name, f"{links:,}", *([f"{found.links.get(name, 0):,}"] if found else []))
    console().print(table)
    kills = f", and the program was killed {sent.kills} times" if sent.kills else ""
    click.echo(
        f"{sent.messages:,} messages: {sent.merged:,} to be merged, {sent.rejected:,} to be rejected, "
        f"{sent.ignored:,} to be ignored; {sent.abandoned:,} in transactions without a commit{kills}"
    )
    if found:
        click.echo(f"{found.merged:,} were merged, {found.rejected:,} rejected")
        click.echo("sent and received agree" if agrees else "they do not agree")


def _listed(states: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())) or "0"

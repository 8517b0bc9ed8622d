"""`etl demo --kafka`: the demo by records of Kafka, and its screens."""

import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from etl.cli.screen.demo import Screen, command, counts_by_name_table, counts_table, with_noun
from etl.demo import Shown, Stage, open_stage, show_tables
from etl.errors import ConfigurationError
from etl.quoting.json_text import json_text
from etl.settings.kafka_keys import SERVERS_VARIABLE

if TYPE_CHECKING:
    from etl.demo.kafka import DemoTopics, RecordLoad

_MESSAGES = {
    "merged": "merged",
    "known": "ignored, as their recordIds had come before",
    "rejected": "rejected",
}
# A person of the second load.
_CHANGED_PERSON = "P-220"
_COUNTS = ("created", "changed", "unchanged", "removed", "waiting")


def play_by_kafka(servers: str | None, *, as_json: bool, wait: Callable[[], None] | None) -> None:
    """Plays the demo at these brokers. `wait`: called at the end, while server and topics are still there."""
    if not servers:
        message = f"say which broker to use: --servers host:port, or {SERVERS_VARIABLE}"
        raise ConfigurationError(f"{message}; in a checkout `make demo-kafka` starts one")
    from etl.demo.kafka import kafka_texts, loads, open_topics, written_records

    screen = KafkaScreen(quiet=as_json)
    with (
        screen.waiting("Starting PostgreSQL; the first time takes a little longer"),
        open_topics(servers) as topics,
        open_stage(further=kafka_texts(topics), has_in_tables=False) as stage,
    ):
        screen.topics(topics)
        played: list[RecordLoad] = []
        for load in loads(stage, topics):
            screen.load(len(played) + 1, load, topics)
            played.append(load)
        queries = tuple(show_tables(stage))
        screen.queries(stage, queries)
        records = written_records(topics)
        screen.written(topics, records)
        screen.explore(stage, stays=wait is not None)
        if as_json:
            click.echo(_json(stage, topics, played, queries, records))
        if wait:
            screen.done()
            wait()


def _json(
    stage: Stage,
    topics: "DemoTopics",
    played: "list[RecordLoad]",
    queries: tuple[Shown, ...],
    records: list[dict[str, Any]],
) -> str:
    found = {
        "config": f"file:{stage.config}",
        "psql": stage.psql,
        "schemas": stage.schemas,
        "topics": {"read": topics.read, "errors": topics.errors, "written": topics.written},
        "loads": [asdict(load) for load in played],
        "queries": [asdict(one) for one in queries],
        "written": Counter(one["boCode"] for one in records),
    }
    return json_text(found)


class KafkaScreen(Screen):
    def topics(self, topics: "DemoTopics") -> None:
        self._out.print(Text("People, companies and claims go from one topic of Kafka to another.", style="bold"))
        self._line(f"Records are read from {topics.read}, changes are written into {topics.written}.")
        self._doing("The partner sends records")

    def load(self, number: int, load: "RecordLoad", topics: "DemoTopics") -> None:
        self._title(f"{number} · {load.title}")
        self._line("The partner sends:")
        self._out.print(counts_table(load.sent))
        batches = f"{load.batches} batch{'' if load.batches == 1 else 'es'}"
        self._line(f"They were read in {load.seconds:.1f} s, in {batches}; of the messages were")
        became = [(load.records[name], what) for name, what in _MESSAGES.items() if load.records.get(name)]
        self._out.print(counts_table(became))
        self._out.print(counts_by_name_table("object or link", _COUNTS, load.tables))
        if resolved := sum(counts.get("resolved", 0) for counts in load.tables.values()):
            self._line(f"{with_noun(resolved, 'link')} that waited found both ends.")
        for row in load.waiting:
            links, field = with_noun(row["links"], "link"), f"{row['bo']}.{row['field']} → {row['target_bo']}"
            self._line(f"{links} {field}: waiting until both ends are there.", style="yellow")
        self._rejected(load, topics)
        self._line(f"{topics.written}: {with_noun(load.written, 'record')} written.")
        self._doing("The partner sends records")

    def _rejected(self, load: "RecordLoad", topics: "DemoTopics") -> None:
        if not load.rejected:
            return
        self._line(f"{with_noun(len(load.rejected), 'record')} rejected; each is in {topics.errors}, with the reason:")
        groups: dict[tuple[str, ...], list[str]] = {}
        for one in load.rejected:
            groups.setdefault((one.code, one.path, one.value or "", one.message), []).append(one.offset)
        for (code, path, value, message), offsets in groups.items():
            where = f"  {path}" + (f"  {value}" if value else "") + f"  offset {', '.join(offsets)}"
            self._out.print(Text.assemble("  ", (code, "red"), where))
            self._line(f"    {message}", style="dim")

    def written(self, topics: "DemoTopics", records: list[dict[str, Any]]) -> None:
        self._title(f"4 · What readers of {topics.written} get")
        self._out.print(
            counts_table([(rows, code) for code, rows in sorted(Counter(r["boCode"] for r in records).items())])
        )
        self._line("The newest of a person whose email address has changed:")
        newest = next(one for one in reversed(records) if one["externalId"] == _CHANGED_PERSON)
        self._sql(json_text(newest, indent=2))

    def explore(self, stage: Stage, *, stays: bool) -> None:
        self._title("5 · Explore further")
        self._line("What was rejected, as it was received, and the batches:")
        etl = f"{command()} --config {shlex.quote(str(stage.config))}"
        self._sql(f"{etl} kafka dead-letters list\n{etl} runs list --source kafka")
        if stays:
            self._line("Server and topics are there until Ctrl-C; in another terminal:")
            self._sql(stage.psql)
        else:
            self._line("The server has stopped and the topics are deleted. With --stay they remain until Ctrl-C.")

"""What commands show of a state: a running run, partitions, topics, waiting links, errors. Partners' values are shown,
not obeyed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.text import Text

from etl.cli import runs, status, waiting
from etl.cli.screen import errors as error_screen
from etl.cli.screen import kafka as kafka_screen
from etl.cli.screen import live
from etl.cli.screen import topics as topics_screen
from etl.cli.screen.interrupt import ended_by_ctrl_c
from etl.cli.screen.progress import Bars, Counts
from etl.engine import ListedVersion, Status
from etl.engine.topic_alerts import AlertKind
from etl.engine.units import UnitDetails
from etl.merge.references import MissingInstance, WaitingLinks
from etl.monitoring import TopicsStatus
from etl.monitoring.kafka_status import PartitionStatus, ReadingStatus
from etl.notifications.alerts import Alert
from etl.outputs.kafka.registry import OutputState
from etl.sources.in_tables.errors import ErrorPage
from etl.sources.in_tables.receipts import Receipt
from etl.sources.kafka.outbox import DeadLetter
from etl.store.unit_list import ListedHour, ListedUnit

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
ESCAPE = "\x1b[2J"

Capture = pytest.CaptureFixture[str]


def lines_of(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─")]


def shown(view: RenderableType) -> list[str]:
    """The lines of a wide terminal without colours."""
    out = StringIO()
    Console(file=out, width=200, no_color=True).print(view)
    return lines_of(out.getvalue())


# A run.


def task(kind: str, state: str, rows: int | None = None, error: str = "") -> dict[str, Any]:
    begun, ended = NOW - timedelta(seconds=20), NOW - timedelta(seconds=10)
    times = {"started_at": begun, "finished_at": ended if state == "done" else None}
    return {"kind": kind, "state": state, "tasks": 1, "claimed_rows": rows, "error": error} | times


VERSION = ListedVersion("out_1", "1", "1", "live", 100, "", 3, 7, NOW, NOW, NOW, None, None, True, None, lag_seconds=75)
IDLE = Status(
    company="demo", in_schema="in_tables", decision="wait", reason=f"nothing is ready {ESCAPE}", looked_at=NOW
)
RUN = {"run": 7, "state": "running", "started_at": NOW - timedelta(seconds=90), "finished_at": None}
RUNNING = replace(
    IDLE,
    marker={"id": 3, "load_status": 1, "ins_inkafka_status": 0, "occupied_by_process": 7},
    run=RUN | {"beat_age": 2.0, "message": ""},
    tasks=(
        task("BEGIN", "done"),
        task("MIGRATE_SINGLE_FIELDS", "done", 1_000),
        task("MIGRATE_SINGLE_FIELDS", "running", 500, error=f"a lock {ESCAPE}"),
        task("NOP", "todo"),
        task("MIGRATE_BO_LINKS", "todo", 500),
    ),
    runners=({"role": "owner", "host": "h", "pid": 1, "tasks": 3, "beat_age": None, "performs": ""},),
    errors=({"in_table": "in_Client", "code": "X", "column_name": None, "severity": "error", "rows": 1_200},),
    waiting=({"bo": "Claim", "field": "client", "target_bo": "Client", "links": 3, "since": NOW},),
    out_versions=(VERSION,),
)


def test_a_run_in_a_live_view() -> None:
    assert shown(live.live_view(RUNNING)) == [
        "demo schema in_tables 2026-01-02 12:00:00 (the database's clock)",
        "marker id=3 load_status=1 ins_inkafka_status=0",
        r"nothing is ready \x1b[2J",
        "run 7 running since 2026-01-02 11:58:30, 1 min 30 s heartbeat 2 s ago",
        "BEGIN " + "━" * 30 + " 1/1",
        "MIGRATE_SINGLE_FIELDS " + "━" * 20 + " 1/2 1,000 / 1,500 rows 1 running",
        "MIGRATE_BO_LINKS 0/1 0 / 500 rows",
        "1,000 / 2,000 rows 100 rows/s about 0 s left",
        r"a lock \x1b[2J",
        "runner host pid tasks heartbeat current task",
        "owner h 1 3",
        "1,200 errors of this run",
        "3 waiting links",
        "out_1 is 3 changes behind",
        "schema followed_at behind lag",
        "out_1 2026-01-02 12:00:00 3 1 min 15 s",
    ]
    assert live.line(RUNNING) == (
        r"demo · run 7 running · BEGIN 1/1 · MIGRATE_SINGLE_FIELDS 1/2 · 1,000 of 2,000 rows · a lock \x1b[2J · "
        "1,200 errors of this run · 3 waiting links · out_1 is 3 changes behind"
    )
    assert shown(live.run_view(RUNNING))[-1] == "1,000 / 2,000 rows 100 rows/s about 0 s left"


def test_a_run_that_begins_is_given_up_or_ends() -> None:
    begun = replace(RUNNING, tasks=(task("BEGIN", "running"), task("MIGRATE_BO_LINKS", "todo", 5)))
    assert shown(live.run_view(begun))[-1] == "0 / 5 rows"
    ending = replace(RUNNING, tasks=(task("MIGRATE_BO_LINKS", "done", 1_000), task("COPY_ERR", "running")))
    assert shown(live.run_view(ending))[-1] == "1,000 / 1,000 rows 100 rows/s finishing"
    left = replace(RUNNING, run=RUN | {"beat_age": None, "message": f"broke {ESCAPE}"})
    assert r"1 min 30 s given up by its runner broke \x1b[2J" in shown(live.live_view(left))[3]
    unknown = replace(RUNNING, run=RUN | {"beat_age": 2.0, "message": "", "started_at": None})
    assert shown(live.live_view(unknown))[3] == "run 7 running heartbeat 2 s ago"


def test_a_run_that_is_done_and_none() -> None:
    done = {"run": 7, "state": "done", "started_at": NOW - timedelta(seconds=9), "finished_at": NOW, "message": ""}
    found = replace(IDLE, run=done, tasks=(task("BEGIN", "done"),), out_versions=(replace(VERSION, behind=0),))
    assert shown(live.run_view(found)) == []
    view = shown(live.live_view(found))
    assert "run 7 done since 2026-01-02 11:59:51, 9 s" in view
    assert not [text for text in view if "behind" in text and "followed_at" not in text]
    assert live.line(found) == r"demo · run 7 done · nothing is ready \x1b[2J"
    assert shown(live.live_view(IDLE))[1:] == [r"nothing is ready \x1b[2J"]
    assert live.line(IDLE) == r"demo · nothing is ready \x1b[2J"


def test_the_status_of_a_run_with_tasks_set_aside(capsys: Capture) -> None:
    aside = task("MIGRATE_SINGLE_FIELDS", "quarantined", 10, error="its runner was killed")
    found = replace(
        RUNNING,
        warnings=(f"a session waits {ESCAPE}",),
        run=RUN | {"finished_at": NOW, "state": "stopped", "message": "too many errors"},
        tasks=(aside,),
        receipts=(Receipt("in_Client", 10, created=4, rejected=6),),
        runners=(dict(RUNNING.runners[0], beat_age=3.0),),
        out_versions=(
            replace(VERSION, state="building", percent=40, are_reads_counted=False),
            replace(VERSION, last_read_at=NOW),
            VERSION,
        ),
    )
    status._show(found)
    lines = lines_of(capsys.readouterr().out)
    assert lines[1:4] == [
        r"Warning: a session waits \x1b[2J.",
        "Newest run 7: stopped, started 2026-01-02 11:58:30, ended 2026-01-02 12:00:00.",
        "too many errors",
    ]
    assert "MIGRATE_SINGLE_FIELDS quarantined 1 10 its runner was killed" in lines
    assert "Tasks were set aside, their rows rejected unread: fix what broke their runners, then" in lines
    assert "owner h 1 3 3 s ago" in lines
    assert "in_Client 10 4 0 0 6" in lines
    assert "in_Client X error 1200" in lines
    assert "Claim client Client 3 2026-01-02 12:00:00" in lines
    assert [line for line in lines if line.startswith("out_1")] == [
        "out_1 building 40 % 3 75 s 2026-01-02 12:00 not counted",
        "out_1 live 3 75 s 2026-01-02 12:00 2026-01-02 12:00",
        "out_1 live 3 75 s 2026-01-02 12:00 never",
    ]


def test_bars_and_counts_of_names_that_a_partner_has_chosen() -> None:
    drawn = Progress(console=Console(file=StringIO()))
    bars, counts = Bars(drawn), Counts(drawn)
    for done in (1, 3):
        bars(f"a [red] {ESCAPE}", done, 4)
        counts(f"b [red] {ESCAPE}", done * 1_000)
    assert [(one.completed, one.total) for one in drawn.tasks] == [(3, 4), (0, None)]
    described = [Text.from_markup(one.description).plain for one in drawn.tasks]
    assert described == [r"a [red] \x1b[2J", r"b [red] \x1b[2J: 3,000 rows"]


def test_ctrl_c_ends_a_watch_and_other_signals_keep_their_code() -> None:
    with ended_by_ctrl_c():
        raise KeyboardInterrupt
    terminated = KeyboardInterrupt()
    terminated.exit_code = 143
    with pytest.raises(KeyboardInterrupt), ended_by_ctrl_c():
        raise terminated


UNIT = ListedUnit(
    7, "in_tables", "run", NOW, NOW + timedelta(seconds=2), {"in_Client": {"created": 1_000, "rejected": 1}}, None
)
BATCH = replace(
    UNIT, number=8, source="kafka", kind="batch", receipt={"records": {"merged": 2}, "Client": {"created": 1}}
)


def test_units_of_work_in_a_list_and_by_hour(capsys: Capture) -> None:
    undo = replace(UNIT, number=9, kind="undo", receipt={"removed": 3, "kept": 0}, undone_by=10)
    runs._show_units([undo, BATCH, UNIT, replace(UNIT, finished_at=None, receipt=None)])
    at = "2026-01-02 12:00:00"
    assert lines_of(capsys.readouterr().out)[1:] == [
        f"9 in_tables undo {at} 2.0 s reverted by 10 3 removed",
        f"8 kafka batch {at} 2.0 s 2 merged; 1 created",
        f"7 in_tables run {at} 2.0 s 1,000 created, 1 rejected",
        f"7 in_tables run {at} not finished",
    ]
    runs._show_hours([ListedHour(NOW, "kafka", 1_200, BATCH.receipt or {})])
    assert lines_of(capsys.readouterr().out)[1:] == [f"{at} kafka 1,200 2 merged; 1 created"]
    runs._show_units([])
    runs._show_hours([])
    assert capsys.readouterr().out == "Nothing has run yet.\nNo batch has been merged yet.\n"


def test_a_unit_of_work_with_its_tasks_and_errors(capsys: Capture) -> None:
    done = {"seq": 1, "kind": "BEGIN", "in_table": None, "claimed_rows": None, "state": "done", "attempts": 2}
    done |= {"crash_count": 2, "started_at": NOW, "finished_at": NOW + timedelta(seconds=1), "error": ESCAPE}
    waits = done | {
        "seq": 2,
        "claimed_rows": 1_000,
        "state": "todo",
        "crash_count": 0,
        "finished_at": None,
        "error": None,
    }
    error = {"in_table": "in_Client", "column_name": None, "code": "NO_ID", "severity": "error", "rows": 1_000}
    runs._show_details(UnitDetails(UNIT, (done, waits), (error,)))
    lines = lines_of(capsys.readouterr().out)
    assert lines[0] == "run 7 of in_tables, began 2026-01-02 12:00:00, took 2.0 s"
    for said in (
        "in_Client 1,000 1",
        r"1 BEGIN done 2 1 1.0 \x1b[2J",
        "2 BEGIN 1,000 todo 2",
        "in_Client NO_ID error 1,000",
        "`etl errors list --all --run 7` lists them, `etl errors codes` explains the codes.",
    ):
        assert said in lines
    runs._show_details(UnitDetails(replace(UNIT, finished_at=None, receipt={"removed": 3}), (), ()))
    assert lines_of(capsys.readouterr().out) == [
        "run 7 of in_tables, began 2026-01-02 12:00:00",
        "not finished",
        "3 removed",
    ]


# Topics.

READ = PartitionStatus("t", 0, 5, 9, 4, 12.0, "worker", 3, NOW, NOW, "", True)
UNREAD = replace(READ, partition=1, next_offset=None, end=None, lag=None, lag_seconds=None, owner="", token=0)
STOPPED = replace(READ, partition=2, stopped="records are gone", since=NOW, lost=1_000)
HELD = replace(READ, partition=3, open_at=5, is_held=True, since=NOW)
OPEN = replace(READ, partition=4, open_at=5)
OTHER = replace(READ, topic="u", is_chosen=False)


def test_the_state_of_partitions(capsys: Capture) -> None:
    partitions = (READ, UNREAD, STOPPED, HELD, OPEN, OTHER)
    found = ReadingStatus(partitions, f"no broker {ESCAPE}", {"t": 1_200}, ("v",), 2_000, f"Client {ESCAPE}")
    kafka_screen.show_status(found)
    since = "since 2026-01-02 12:00:00"
    assert lines_of(capsys.readouterr().out) == [
        r"The brokers cannot be asked: no broker \x1b[2J",
        "The topic v is not there: make it, or correct topics in configs/InMigrationKafkaConfig.txt.",
        "topic partition next end lag behind owner token state",
        "t 0 5 9 4 12 s worker 3",
        "t 1 0 not read",
        f"t 2 5 9 4 12 s worker 3 stopped: records are gone {since}",
        f"t 3 5 9 4 12 s worker 3 held at offset 5 {since}",
        "t 4 5 9 4 12 s worker 3 open transaction at 5",
        "u 0 5 9 4 12 s worker 3 topic not chosen",
        "1,200 dead letters of t are not sent yet.",
        "1,000 offsets of t/2 were gone before they were read: `etl kafka errors` names them.",
        "2,000 instances had records in several partitions lately, `Client \\x1b[2J` among them: what is merged last "
        "counts. The same key for all records of an instance gives them an order.",
        "`etl kafka seek` says from where a stopped partition is read on.",
    ]
    assert found.lag is None
    assert replace(found, fault="", partitions=(READ, HELD, OTHER)).lag == 8
    kafka_screen.show_status(ReadingStatus((), "", {}))
    assert capsys.readouterr().out == "No partition has been read yet.\n"


OUTPUT = OutputState("o", True, True, 4, 5, 6, 61.0, 1, 3 * 1024 * 1024, False)


def topics(*outputs: OutputState, **changes: Any) -> TopicsStatus:
    return TopicsStatus(is_reading=True, outputs=outputs, **changes)


def alert(kind: AlertKind, subject: str = "") -> Alert:
    return Alert(kind, subject, f"{kind} {ESCAPE}", NOW)


def test_topics_and_outputs_with_what_is_wrong() -> None:
    stopped = replace(OUTPUT, name="s")
    found = topics(
        OUTPUT,
        stopped,
        replace(OUTPUT, name="off", is_configured=False),
        replace(OUTPUT, name="standby", is_led=False, changes=0),
        replace(OUTPUT, name="restored", needs_recovery=True),
        fault=f"no broker {ESCAPE}",
        missing=("v",),
        partitions=(READ, STOPPED, replace(HELD, since=None), replace(UNREAD, topic="u")),
        unsent={"t": 2},
        rejected={"t": {"A": 1, "B": 2}},
        hour_records=200,
        hour_rejected=3,
        alerts=(alert(AlertKind.READING_STOPPED), alert(AlertKind.OUTPUT_STOPPED, "s")),
    )
    warnings = [
        r"The brokers cannot be asked: no broker \x1b[2J",
        "The topic v is not there",
        "t/2 is stopped at offset 5: records are gone, since 2026-01-02 12:00:00",
        "t/3 is held at offset 5: a producer has left a transaction open",
        r"reading.stopped \x1b[2J (since 2026-01-02 12:00:00)",
        r"output.stopped \x1b[2J (since 2026-01-02 12:00:00)",
        "Output s keeps 6 changes of the journal (3 MiB in all) for 1 min 1 s",
        "Output off is switched off, and keeps 6 changes of the journal (3 MiB in all) for 61 s: switch it on, or free "
        "them by `etl kafka forget-output off`",
        "Output restored the store was restored: `etl kafka recover --output restored` writes all of it again",
    ]
    assert shown(topics_screen.topics_view(found)) == [
        "topic partitions lag behind rejected unsent lost",
        "t 3 12 12 s 3 2 1,000",
        "u 1 ? 0 0 0",
        "3 of 200 records of the last hour were rejected (1.5%).",
        "output step records behind lag too large state",
        "o 4 5 6 1 min 1 s 1 written",
        "s 4 5 6 1 min 1 s 1 stopped",
        "off 4 5 6 1 min 1 s 1 switched off",
        "standby 4 5 0 1 not written",
        "restored 4 5 6 1 min 1 s 1 stopped",
        *warnings,
    ]
    line = topics_screen.topics_line(found)
    assert line.startswith("t 12 behind · u ? behind · output o 6 behind · ")
    assert all(text.replace(r"\x1b", "\x1b") in line for text in warnings)
    assert topics_screen.topics_json(None) is None
    assert (as_json := topics_screen.topics_json(found))
    assert as_json["topics"] == [
        {"topic": "t", "lag": 12, "lag_seconds": 12.0},
        {"topic": "u", "lag": None, "lag_seconds": None},
    ]
    assert (as_json["rejected_share"], as_json["journal_bytes"]) == (0.015, 3 * 1024 * 1024)


def test_topics_of_which_nothing_is_known() -> None:
    assert shown(topics_screen.topics_view(topics())) == ["No partition has been read yet."]
    assert shown(topics_screen.topics_view(replace(topics(), is_reading=False))) == []
    assert topics().rejected_share is None


LETTER = DeadLetter(
    id=1,
    unit=2,
    topic="t",
    partition=0,
    record_offset=4,
    key=None,
    value=b"\xff\x1b",
    value_bytes=2,
    recorded_at=None,
    code="C",
    message=ESCAPE,
    path=ESCAPE,
    created_at=NOW,
    sent_at=None,
    resent_at=None,
    attempt=1,
    original_partition=None,
    original_offset=None,
)


def test_dead_letters(capsys: Capture) -> None:
    sent = replace(LETTER, id=2, sent_at=NOW)
    kafka_screen.show_letters([LETTER, sent, replace(sent, id=3, resent_at=NOW)])
    assert [line.split()[5:] for line in capsys.readouterr().out.splitlines()[3:6]] == [
        ["not", "sent", r"\x1b[2J"],
        ["sent", r"\x1b[2J"],
        ["sent", "back", r"\x1b[2J"],
    ]
    kafka_screen.show_letters([])
    kafka_screen.show_errors([])
    assert capsys.readouterr().out == "No dead letters.\nNo record has been rejected.\n"

    kafka_screen.show_letter(LETTER)
    assert lines_of(capsys.readouterr().out) == [
        "Dead letter 1 of batch 2: t/0, offset 4",
        r"C at `\x1b[2J`: \x1b[2J",
        "not sent",
        "key (none)",
        r"value `\xff\x1b`",
    ]
    whole, larger = b"a" * 4_000, b"a" * 4_001
    kafka_screen.show_letter(replace(LETTER, value=whole))
    assert capsys.readouterr().out.endswith(f"  value  `{whole.decode()}`\n")
    kafka_screen.show_letter(replace(LETTER, value=larger))
    assert capsys.readouterr().out.endswith(f"  value  `{whole.decode()}` … 4,001 bytes; --json prints all\n")
    kafka_screen.show_letter(replace(LETTER, value=None, value_bytes=2_000_000))
    assert capsys.readouterr().out.endswith("value  too large to be kept: 2,000,000 bytes\n")


def test_a_dead_letter_as_json_keeps_every_byte() -> None:
    assert "value" not in kafka_screen.letter(LETTER)
    found = kafka_screen.letter(replace(LETTER, key=b"k"), with_value=True)
    assert (found["key"], found["key_base64"]) == ("k", None)
    assert (found["value"], found["value_base64"]) == (None, "/xs=")
    assert found["is_cut"] is False
    none = kafka_screen.letter(replace(LETTER, value=None), with_value=True)
    assert (none["value"], none["value_base64"], none["is_cut"]) == (None, None, True)


# Waiting links, and errors.


def missing(**changes: Any) -> MissingInstance:
    given: dict[str, Any] = {"object": "Client", "in_id": "c", "links": 1, "since": NOW}
    given |= dict.fromkeys(["in_status", "error", "code", "column_name", "value", "message", "message_rus"])
    return MissingInstance(**given | changes)


def test_what_is_known_of_missing_instances(capsys: Capture) -> None:
    links = [WaitingLinks("Claim", "client", "Client", 1_200, NOW, NOW), WaitingLinks("Old", "x", "", 1, NOW, None)]
    waiting._show_links(links, limit=50)
    waiting._show_missing(
        [
            missing(in_id=ESCAPE),
            missing(in_status=""),
            missing(in_status="", object="in_fileStorage"),
            missing(in_status="ERROR"),
            missing(in_status="ERROR", error=5, message=ESCAPE),
            missing(error=5, message="no"),
        ]
    )
    at = "2026-01-02 12:00:00"
    assert lines_of(capsys.readouterr().out) == [
        "1,201 links and files wait:",
        "object field target links oldest since expires",
        f"Claim client Client 1,200 {at} {at}",
        f"Old x 1 {at} never: not in the metadata",
        "They wait for these instances:",
        "object in_id links since what is known",
        rf"Client `\x1b[2J` 1 {at} has not come",
        f"Client `c` 1 {at} its row waits for the next hand-over",
        f"in_fileStorage `c` 1 {at} is there: taken with the next hand-over, unless it is empty or over maxValueBytes",
        f"Client `c` 1 {at} its row has in_status `ERROR`",
        rf"Client `c` 1 {at} rejected, error 5: \x1b[2J",
        f"Client `c` 1 {at} rejected, error 5: no; its row is gone",
    ]
    waiting._show_links([], limit=50)
    assert capsys.readouterr().out == "Nothing waits.\n"


ERROR: dict[str, Any] = {
    "id": 1,
    "run": 7,
    "in_table": "in_Client",
    "in_id": "c",
    "row_id": 3,
    "column_name": None,
    "code": "NO_ID",
}
ERROR |= {"value": "", "severity": "error", "state": None, "message": ESCAPE, "message_rus": "нет", "created_at": NOW}


def page(*errors: dict[str, Any]) -> ErrorPage:
    return ErrorPage("in_tables", errors, next=None, count=len(errors), count_is_exact=True)


def test_errors_of_one_run_and_of_several(capsys: Capture) -> None:
    error_screen.show_errors(page(ERROR))
    lines = lines_of(capsys.readouterr().out)
    assert lines[:3] == [
        "Errors of run 7 in in_tables.err, the newest first:",
        "id table in_id column code value state",
        "1 in_Client `c` NO_ID ''",
    ]
    other = ERROR | {"run": 8, "severity": "warning", "in_id": None, "value": None}
    error_screen.show_errors(replace(page(ERROR, other), next="7-1-0"), only_open=True)
    lines = lines_of(capsys.readouterr().out)
    assert lines[:2] == [
        "Errors still open in in_tables.err, the newest first:",
        "id run table in_id column code value severity state",
    ]
    assert lines[-3:-1] == [
        "These are 2: --limit shows more, --after 7-1-0 the next ones,",
        "`etl errors export` writes all.",
    ]
    error_screen.show_errors(page(), only_open=True)
    assert capsys.readouterr().out == "No errors still open in in_tables.err.\n"


def test_an_error_with_its_row_and_one_of_an_older_program(capsys: Capture) -> None:
    error_screen.show_error(ERROR | {"state": "retried"}, {"id": 3, "name": ESCAPE, "amount": None})
    lines = lines_of(capsys.readouterr().out)
    assert lines[0] == "Error 1 of run 7, 2026-01-02 12:00:00 UTC: NO_ID (error, retried)"
    assert lines[1] == "in_Client, row 3, in_id `c`, value ''"
    assert lines[3].startswith("Cause: in_id and out_id are both empty")
    assert lines[-3:] == ["id `3`", r"name `\x1b[2J`", "amount null"]

    unknown = ERROR | {"code": "OF_YESTERDAY"}
    error_screen.show_error(unknown, None)
    text = capsys.readouterr().out
    assert "Cause" not in text
    assert text.endswith("Its row is no longer there: deleted, or no longer that in_id.\n")
    assert error_screen.with_cause(unknown)["cause"] is None
    assert str(error_screen.with_cause(ERROR)["cure"]) == "partner: fill in_id"

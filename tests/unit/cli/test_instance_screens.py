"""What `etl explain`, `etl history` and `etl age` print of one object and of waiting rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from etl.cli import age, explain, history
from etl.engine import Change, End, Explanation, History, ValueChange
from etl.monitoring import Age
from etl.monitoring.ready import Ready

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
AT = "2026-01-02 12:00:00"
ESCAPE = "\x1b[2J"

INSTANCE = {"id": "i1", "in_id": "c", "state": "ACTUAL", "modified_at": NOW}
FOUND = Explanation("Client", "c", rows=(), errors=(), instance=INSTANCE, waiting=(), pins=(), owners=(), out={})


def test_an_object_that_has_come_and_is_shown_by_some_versions() -> None:
    row = {"id": "7", "in_status": "ERROR", "run": "3", "removed": "true"}
    error = {"id": 5, "run": 3, "code": "C", "column_name": None, "message": ESCAPE}
    waits: dict[str, Any] = {
        "object": "Client",
        "owner_in_id": "c",
        "field": "Buyer",
        "target": "Person",
        "target_field": "",
        "value": "p",
    }
    waits |= {"lacks_owner": False, "lacks_target": True, "since": NOW}
    pinned = {"field": "Name", "pinned_by": ESCAPE, "pinned_at": NOW, "reason": "so"}
    found = replace(
        FOUND,
        rows=(row, row | {"in_status": "ODD", "run": None, "removed": "false"}),
        errors=(error,),
        waiting=(
            waits,
            waits | {"target": None, "lacks_owner": True},
            waits | {"target_field": "Email", "lacks_owner": True, "lacks_target": False},
            waits | {"lacks_target": False},
        ),
        pins=(pinned | {"value": "Ann", "until_changed": True}, pinned | {"value": None, "until_changed": False}),
        out={"out_1": NOW, "out_2": None},
    )
    assert explain._lines(found) == [
        "Client `c`",
        "row       7: in_status `ERROR`, rejected, run 3, it removes the instance",
        "row       7: in_status `ODD`, no run takes a row with this status",
        r"error     C : \x1b[2J (run 3, `etl errors show 5`)",
        f"instance  i1, ACTUAL, changed last {AT}",
        f"waiting   Client `c`, Buyer -> Person `p`: waits for Person `p` since {AT}",
        f"waiting   Client `c`, Buyer -> any member `p`: waits for Client `c` and any member `p` since {AT}",
        f"waiting   Client `c`, Buyer -> Person Email `p`: waits for Client `c` since {AT}",
        f"waiting   Client `c`, Buyer -> Person `p`: both ends are there, the next run makes it; it waits since {AT}",
        rf"pinned    Name to `Ann` by \x1b[2J at {AT}, until a source brings another value than before: so",
        rf"pinned    Name to null by \x1b[2J at {AT}: so",
        f"readers   out_1 has it, written {AT}",
        "readers   out_2 does not show it",
    ]


def test_an_object_of_another_partner_id_and_one_that_nothing_is_known_of() -> None:
    other = explain._lines(replace(FOUND, in_id="by mail"))
    assert other[-1] == f"instance  i1, ACTUAL, changed last {AT}, its own in_id is `c`"
    nameless = explain._lines(replace(FOUND, instance=INSTANCE | {"in_id": None}))
    assert nameless[-1] == f"instance  i1, ACTUAL, changed last {AT}"
    assert explain._lines(replace(FOUND, instance=None)) == [
        "Client `c`",
        "row       none in the in_ table",
        "instance  none: nothing of it has been merged",
    ]


CHANGE = Change(
    n=9,
    unit=4,
    source="in_tables",
    unit_kind="run",
    at=NOW,
    change="changed",
    field=None,
    end=None,
    is_incoming=False,
    origin="12",
    values=(ValueChange("Name", None, ESCAPE),),
    undone_by=None,
    undoes=None,
)
HISTORY = History("Client", INSTANCE, (), None, kept_days=30, kept_since=None, is_complete=True, left_out=())


def test_changes_with_what_made_them_and_what_took_them_back() -> None:
    link = replace(CHANGE, change="linked", field="Buyer", values=(), unit_kind="batch", undone_by=8)
    undo = replace(CHANGE, change="changed", unit_kind="undo", unit=8, undoes=4, origin=None, values=(), at=None)
    gone = replace(CHANGE, unit=None, unit_kind=None, source=None, origin=None, values=())
    changes = (
        undo,
        CHANGE,
        replace(link, end=End("p1", "Person", "p")),
        replace(link, end=End("p1"), is_incoming=True),
        gone,
    )
    assert list(history._lines(replace(HISTORY, changes=changes))) == [
        "Client `c`, instance i1, ACTUAL",
        "at an unknown time  changed",
        "    by undo 8 of in_tables, which reverted 4",
        f"{AT}  changed",
        "    by run 4 of in_tables, row `12`",
        r"    Name: null -> `\x1b[2J`",
        f"{AT}  linked Buyer -> Person `p`",
        "    by batch 4 of in_tables, record `12`; reverted by 8",
        f"{AT}  linked Buyer <- p1",
        "    by batch 4 of in_tables, record `12`; reverted by 8",
        f"{AT}  changed",
        "    by unit None of a source that is no longer known",
        "Changes are kept, for 30 days at least (historyDays, cleanDays).",
    ]


def test_a_history_with_older_changes_and_links_that_are_left_out() -> None:
    assert list(history._lines(replace(HISTORY, left_out=("Contract.Buyer",), next_n=3)))[1:] == [
        "Many instances lead here by Contract.Buyer: their links are in their own histories.",
        "There are older changes: --after 3 shows them.",
    ]
    kept = replace(HISTORY, kept_since=NOW, is_complete=False)
    assert list(history._lines(kept))[-1] == (
        f"Changes are kept since {AT}, for 30 days at least (historyDays, cleanDays), and the instance is older."
    )


def test_rows_that_wait(capsys: pytest.CaptureFixture[str]) -> None:
    hour = NOW - timedelta(hours=1)
    tables = (
        Ready("in_A", 1_200, 0, 0, hour),
        Ready("in_B", 3, 1, 2, hour, is_exact=False),
        Ready("in_C", 0, 0, 0, None),
    )
    age._show(Age("demo", NOW, tables))
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "in_A 1,200 0 0 2026-01-02 11:00:00 1 h" in lines
    assert "in_B about 3 about 1 about 2 2026-01-02 11:00:00 over 1 h" in lines
    assert not [line for line in lines if "in_C" in line]
    assert lines[-1] == "Company demo: the oldest is 1 h old."


def test_rows_without_a_date_and_none(capsys: pytest.CaptureFixture[str]) -> None:
    age._show(Age("demo", NOW, (Ready("in_A", 5, 0, 5, None),)))
    text = capsys.readouterr().out
    assert text.split()[-4:] == ["in_A", "5", "0", "5"]
    age._show(Age("demo", NOW, ()))
    assert capsys.readouterr().out == "Company demo: no row is ready and not read.\n"

"""`etl partner play --reader`: a reader that knows only SQL keeps a copy, and says whether it is equal."""

from collections.abc import Callable, Iterator

import pytest

from etl.engine import Runtime, add_reader, list_readers
from etl.errors import ConfigurationError, EnvironmentFault
from etl.simulator.reading import READER_SCENARIOS, ReaderClient, Reading, ReadingPlay, play_readers
from tests.fix_company import BOTH_LAYOUTS, OUT, PARTNER_PASSWORD, Row
from tests.fix_database import LOOPBACK
from tests.integration.outputs.conftest import Outbound
from tests.json_answers import read_answer

CHANGES: tuple[tuple[Row, ...], ...] = (
    ({"in_id": "a", "name": "Anne"},),
    ({"in_id": "a", "removed": True}, {"in_id": "c", "name": "Cora"}),
    ({"in_id": "a", "name": "Anna"}, {"in_id": "b", "name": "Bert"}),
    ({"in_id": "c", "name": "Cleo"},),
)


@pytest.fixture
def runtime(outbound: Outbound) -> Iterator[Runtime]:
    with outbound.site.runtime() as runtime:
        yield runtime


def add(runtime: Runtime, role: str, *readers: str) -> None:
    for one in readers:
        add_reader(runtime, one, role, None)


def played(
    runtime: Runtime, readers: tuple[str, ...], say: Callable[[str], None], *scenarios: str
) -> dict[str, Reading]:
    wanted = ReadingPlay(readers, scenarios, batches=len(scenarios), wait_seconds=60)
    clients = [ReaderClient(runtime.out_engine, OUT, one) for one in readers]
    return play_readers(runtime.out_engine, clients, wanted, say)


@BOTH_LAYOUTS
def test_readers_end_with_the_out_tables_whatever_they_do(outbound: Outbound, runtime: Runtime) -> None:
    """A run before each batch; one of two readers is killed and confirms twice, and both stay away."""
    add(runtime, outbound.site.engine_role, "one", "two")
    changes = iter(CHANGES)

    def change(_: str) -> None:
        outbound.load("in_Client", *next(changes))

    readings = played(runtime, ("one", "two"), change, "crash", "duplicate", "away", "crash")
    for reading in readings.values():
        assert reading.agrees
        assert (reading.deliveries, reading.kills, reading.repeated) == (3, 2, 2)
        # Seven rows, then one; a client and its link leave, and return with two other changes.
        assert (reading.changed, reading.removed, reading.rows) == (12, 2, 8)
    assert [one.behind for one in list_readers(runtime)] == [0, 0]


def test_a_change_that_is_not_noted_is_found(outbound: Outbound, runtime: Runtime) -> None:
    add(runtime, outbound.site.engine_role, "one")
    changes = iter(CHANGES)

    def change(_: str) -> None:
        outbound.load("in_Client", *next(changes))
        outbound.site.look(f"alter table {OUT}.client disable trigger etl_reader_delete")

    readings = played(runtime, ("one",), change, "good", "away")
    assert (readings["one"].agrees, readings["one"].different) == (False, 1)


def test_readers_that_cannot_play(outbound: Outbound, runtime: Runtime) -> None:
    with pytest.raises(ConfigurationError, match=f"{OUT} has no reader: `etl out reader add one` adds it"):
        played(runtime, ("one",), print, "good")
    add(runtime, outbound.site.engine_role, "one")
    with pytest.raises(EnvironmentFault, match="no reader 'two' of out_demo_1_1 for the role"):
        played(runtime, ("two",), print, "good")
    played(runtime, ("one",), print, "good")
    with pytest.raises(ConfigurationError, match="one has confirmed deliveries of before"):
        played(runtime, ("one",), print, "good")


def test_the_command_says_that_the_copies_are_equal(outbound: Outbound, runtime: Runtime) -> None:
    site = outbound.site
    name, role = site.out_database.name, site.partner_role
    site.look(f"grant usage on schema {OUT} to {role}; grant select on all tables in schema {OUT} to {role}")
    add(runtime, role, "one", "two")
    url = f"postgresql://{role}@{LOOPBACK}:{site.out_database.port}/{name}"
    command: tuple[str, ...] = ("partner", "play", "--reader", "one", "--reader", "two", "--url", url, "--wait", "0")
    command += ("--scenario", ",".join(READER_SCENARIOS), "--batches", str(len(READER_SCENARIOS)))
    elsewhere = site.etl(*command, "--test-database", "other", ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)
    assert elsewhere.code == 2
    assert f"the partner would confirm deliveries in the database {name}" in elsewhere.err
    ended = site.etl(*command, "--test-database", name, ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)
    assert (ended.code, f"the copy of two is equal to the tables of {OUT}" in ended.out) == (0, True), ended
    site.etl("out", "reader", "reset", "one")
    site.etl("out", "reader", "reset", "two")
    ended = site.etl(*command, "--test-database", name, "--json", ETL_PARTNER_PASSWORD=PARTNER_PASSWORD)
    readers = read_answer(ended.out)["readers"]
    assert [(one["agrees"], one["kills"], one["different"]) for one in readers.values()] == [(True, 1, 0)] * 2

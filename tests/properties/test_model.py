"""The model by itself, and proof that the test can fail: faults injected into the engine's statements are all found."""

import pytest

from etl.embedded import EmbeddedServer
from etl.metadata import parse_company
from tests.fix_database import Database
from tests.properties.injected_faults import Change, check_is_found, inject_fault, nothing, replace
from tests.properties.model import Policy, Row, World, begin_or_resume, close, perform

_CLIENT = """
code: Client
fields:
  - {code: Email, type: INPUT_EMAIL, isUnique: true, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: Amount, type: INPUT_NUMBER, needLoadFromInTables: true}
"""


@pytest.fixture
def world() -> World:
    return World(parse_company("demo", {"companies/demo/business-objects/Client.yaml": _CLIENT}))


def deliver(world: World, *rows: tuple[str | None, str | None, str | None]) -> list[str]:
    """Rows of (in_id, out_id, Email), handed over and taken in one run; their statuses."""
    table = world.rows["in_Client"]
    table[:] = [
        Row(world.number(), in_id, out_id, False, {"Email": email, "Amount": None}) for in_id, out_id, email in rows
    ]
    world.markers.clear()
    begin_or_resume(world)
    perform(world, Policy())
    close(world)
    return [row.status for row in table]


def emails(world: World) -> dict[str, object]:
    return {one.in_id: one.values["Email"] for one in world.instances["Client"].values()}


def test_a_unique_value_leads_to_its_instance(world: World) -> None:
    deliver(world, ("a", None, "x"))
    deliver(world, ("b", None, "x"))
    assert emails(world) == {"a": "x"}
    assert world.aliases == {("Client", "b"): "#2"}


def test_a_value_given_up_by_an_earlier_row_is_free(world: World) -> None:
    deliver(world, ("a", None, "x"), ("b", None, "y"))
    assert deliver(world, ("a", None, "z"), ("b", None, "x")) == ["DONE", "DONE"]
    assert emails(world) == {"a": "z", "b": "x"}


def test_a_value_given_up_by_a_later_row_is_free(world: World) -> None:
    deliver(world, ("a", None, "x"), ("b", None, "y"))
    assert deliver(world, ("b", None, "x"), ("a", None, "z")) == ["DONE", "DONE"]
    assert emails(world) == {"a": "z", "b": "x"}


def test_a_value_of_another_is_refused(world: World) -> None:
    deliver(world, ("a", None, "x"), ("b", None, "y"))
    assert deliver(world, ("b", None, "x"), ("a", None, "x")) == ["ERROR", "DONE"]
    assert [fault.code for fault in world.faults] == ["UNIQUE_TAKEN"]


def test_ids_of_two_instances_contradict_each_other(world: World) -> None:
    deliver(world, ("a", None, "x"), ("b", None, "y"))
    [a, b] = world.instances["Client"]
    assert deliver(world, ("b", a, "x"), (None, b, "y"), (None, None, "x")) == ["ERROR", "DONE", "ERROR"]
    assert [fault.code for fault in world.faults] == ["IN_ID_TAKEN", "NO_ID"]


def test_an_unchanged_row_movesnothing(world: World) -> None:
    deliver(world, ("a", None, "x"))
    before = dict(world.out["Client"])
    deliver(world, ("a", None, "x"))
    assert world.out["Client"] == before
    assert [change.change for change in world.journal] == ["created"]


# A statement of the engine, and what a careless hand might do to it.
FAULTS: dict[str, tuple[str, Change]] = {
    "unique values are not looked up": ("stage_rows", replace(r"(join \S+ u_\w+\s+on) ", r"\1 false and ")),
    "aliases are not looked up": ("stage_rows", replace(r"\ba on a\.bo", "a on false and a.bo")),
    "no difference is seen": ("stage_rows", replace(r" as _differs", " and false as _differs")),
    "changed rows are marked unseen": (
        "mark_rows",
        replace(r"(?s)from \(\s+select _source.*", "from stage s where i.id = s._row"),
    ),
    "rows that meet are taken at once": ("defer_later", nothing),
    "what depends on other rows is left to its chunk": (
        "dependent_rows",
        replace(r"having min", "having false and min"),
    ),
    "a ring is refused": ("stage_value_claims", replace(r"h\._known = w\.holder", "false and h._known = w.holder")),
    "what a refused row would give up is given": ("refuse_taken", replace(r"w\.giver = r\._row", "false")),
    "any of several counts": ("stage_duplicates", replace(r"s\._in_id desc nulls last", "s._in_id nulls last")),
    "e-mails are compared as they are written": ("stage_rows", replace(r"lower\(", "concat(")),
    "another spelling of JSON is stored": ("stage_rows", replace(r"\.same_json\(", ".same_json(null || ")),
    "a new in_id is forgotten": ("insert_aliases", lambda _: "select 0 as missed"),
    "unfinished links are forgotten": ("insert_references", nothing),
    "what has come still waits": ("finish_references", nothing),
    "the older link stays": ("remove_older", nothing),
    "the newest link is any": ("keep_newest", replace("linked_at desc", "linked_at asc")),
    "unlisted links stay": ("remove_unlisted", nothing),
    "links that are taken away stay": ("remove_links", replace(r"where removed and", "where false and")),
    "references that are taken away stay": ("remove_references", replace(r"where removed and", "where false and")),
    "an empty end is waited for": ("stage_links", replace(r":blanks\) = ''", ":blanks) = 'no'")),
    "unlinked pairs are still shown": ("delete_links", nothing),
    "removed instances are still shown": ("delete_instances", nothing),
    "links wait for ever": ("expire_references", replace(r"and r\.waiting_since <", "and false and r.waiting_since <")),
    "files are waited for for ever": (
        "expire_files",
        replace(r"and r\.waiting_since <", "and false and r.waiting_since <"),
    ),
    "a content over the cap is passed over": ("refuse_files", nothing),
    "unchanged rows move": ("upsert_instances", replace(r"\nwhere \(?o\.(?s:.*)", "\n")),
    "errors are not kept": ("copy_errors", nothing),
}


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", FAULTS)
def test_an_injected_fault_is_found(
    fault: str, server: EmbeddedServer, template: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject_fault(monkeypatch, *FAULTS[fault])
    check_is_found(server, template)

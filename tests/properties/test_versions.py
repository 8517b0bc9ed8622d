"""Proof that the test finds faults of out_ versions too: in further ones, switches, rollbacks."""

import importlib
from collections.abc import Callable

import pytest

from etl.database import Connection
from etl.embedded import EmbeddedServer
from etl.outputs.versions.follow import no_rows
from etl.outputs.versions.registry import VersionRow
from etl.outputs.versions.version import Versions
from etl.outputs.versions.views.view_moves import ViewMove
from etl.outputs.versions.views.views import move_views
from etl.runs import Counters
from tests.fix_company import OUT
from tests.fix_database import Database
from tests.properties.injected_faults import Change, check_is_found, inject_fault, nothing, replace

pytestmark = pytest.mark.negative_control

# `etl.outputs.versions.switch` is the function of that name.
_SWITCH = importlib.import_module("etl.outputs.versions.switch")


def beyond_the_first(change: Change) -> Change:
    """Only for versions raised later: the model itself shows nothing of these."""
    return lambda sql: sql if OUT in sql else change(sql)


def views_of(name: str, change: Change) -> Change:
    return lambda sql: change(sql) if f".{name}" in sql else sql


def the_last_chunk(sql: str) -> str:
    return sql if "<= " in sql else nothing(sql)


FAULTS: dict[str, tuple[str, Change]] = {
    "instances are not followed": ("upsert_instances", beyond_the_first(nothing)),
    "removed instances stay": ("delete_instances", beyond_the_first(nothing)),
    "links are not followed": ("insert_links", beyond_the_first(nothing)),
    "links that are gone stay": ("delete_links", beyond_the_first(nothing)),
    "links of removed instances stay where these do": (
        "delete_links",
        beyond_the_first(replace(r" and r\.system_state <> 'REMOVED'", "")),
    ),
    "what is removed is not marked": ("upsert_instances", replace(r"where true", "where g._state <> 'REMOVED'")),
    "the last chunk of instances is not filled": ("fill_instances", beyond_the_first(the_last_chunk)),
    "the last chunk of links is not filled": ("fill_links", beyond_the_first(the_last_chunk)),
    "the last row of a chunk is left out": ("fill_instances", beyond_the_first(replace("<= ", "< "))),
    "a switch forgets one view": ("replace_view", beyond_the_first(views_of("client", nothing))),
    "a switch leaves a view too many": ("drop_view", nothing),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_further_version_is_found(
    fault: str, server: EmbeddedServer, template: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject_fault(monkeypatch, *FAULTS[fault])
    check_is_found(server, template)


def test_a_switch_that_does_not_follow_first_is_found(
    server: EmbeddedServer, template: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow(*_: object) -> Counters:
        return no_rows()

    monkeypatch.setattr(_SWITCH, "follow", follow)
    check_is_found(server, template)


def test_a_rollback_that_does_not_follow_first_is_found(
    server: EmbeddedServer, template: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = _SWITCH._move

    def back_at_once(
        connection: Connection, versions: Versions, target: VersionRow, *, force: bool, is_rollback: bool, first: str
    ) -> list[ViewMove]:
        act: Callable[..., list[ViewMove]] = move_views if is_rollback else move
        return act(connection, versions, target, force=force, is_rollback=is_rollback, first=first)

    monkeypatch.setattr(_SWITCH, "_move", back_at_once)
    check_is_found(server, template)

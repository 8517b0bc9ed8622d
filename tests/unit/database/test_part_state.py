"""Whether a program may read and write tables that older or newer programs have made."""

import pytest

from etl.database.migrations import PartState, PlacedPart, refuse_newer, states_of
from etl.errors import ConfigurationError, EnvironmentFault
from etl.store import STORE

PLACED = PlacedPart(STORE, "store_demo")
NOW = STORE.version


def noted(version: int, writer: int = 0, reader: int = 0) -> PartState:
    [state] = states_of([PLACED], [f"store {version} {writer} {reader} 9.9 of tests"], [True])
    assert (state.version, state.made_by) == (version, "9.9 of tests")
    return state


def test_tables_of_this_program_are_read_and_written() -> None:
    state = noted(NOW)
    state.refuse_reading()
    state.refuse_writing()
    assert (state.pending, state.is_newer, state.needs_upgrade) == ([], False, False)
    [nothing] = states_of([PLACED], None, [False])
    assert (nothing.version, len(nothing.pending)) == (None, len(STORE.migrations))
    nothing.refuse_reading()


def test_a_newer_program_says_who_may_do_what() -> None:
    newer = noted(NOW + 2, writer=NOW, reader=NOW)
    newer.refuse_writing()
    newer.refuse_reading()
    assert newer.is_newer
    assert "may not write" not in newer.newer_message
    shut_out = noted(NOW + 2, writer=NOW + 1, reader=NOW + 2)
    assert shut_out.newer_message.endswith("; this program may not write there")
    with pytest.raises(
        EnvironmentFault, match=f"version {NOW + 1} or newer may write there; .*: install the newer etl"
    ):
        shut_out.refuse_writing()
    with pytest.raises(EnvironmentFault, match=f"version {NOW + 2} or newer may read there; .*: install the newer etl"):
        shut_out.refuse_reading()
    with pytest.raises(EnvironmentFault, match="may write there"):
        refuse_newer([PLACED], [f"store {NOW + 2} {NOW + 1} 0 9.9"])


def test_what_a_migration_made_is_known_by_its_name() -> None:
    [made] = [one.version for one in STORE.migrations if one.name == "fill_pace"]
    assert [noted(version).has("fill_pace") for version in (0, made - 1, made, NOW + 2)] == [False, False, True, True]
    [nothing] = states_of([PLACED], None, [False])
    assert not nothing.has("fill_pace")
    with pytest.raises(ValueError, match="part store has no migration unknown"):
        noted(NOW).has("unknown")


def test_older_tables_are_brought_up_first() -> None:
    for version in range(NOW):
        state = noted(version)
        how = (
            "stop all runners, then run `etl upgrade start`"
            if state.needs_upgrade
            else "the next `etl run` brings it up"
        )
        with pytest.raises(ConfigurationError, match=f"has version {version}, .* with version {NOW}: {how}$"):
            state.refuse_reading()
        state.refuse_writing()


def test_a_part_that_is_no_longer_recorded() -> None:
    with pytest.raises(EnvironmentFault, match="part store of schema store_demo is no longer recorded in etl_schema"):
        refuse_newer([PLACED], [None])

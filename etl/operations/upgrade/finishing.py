"""The end of a change: the former table is dropped, and there is no rollback any more."""

from etl.database import BRIEF, transaction
from etl.engine import Runtime
from etl.operations.upgrade.change import ChangeState, OnlineChange
from etl.operations.upgrade.placed_change import PlacedChange
from etl.operations.upgrade.table_readers import naming_readers


def finish(runtime: Runtime, change: OnlineChange) -> None:
    """Raises ConfigurationError before the switch."""
    ongoing = PlacedChange.of(runtime, change)
    with (
        naming_readers(ongoing, change.former_table),
        transaction(ongoing.engine, lock_timeout="5s", **BRIEF) as connection,
    ):
        ongoing.expect(connection, (ChangeState.SWITCHED,), is_locked=True)
        ongoing.run(connection, "drop_former", former=change.former_table)
        ongoing.run(connection, "note_state", {"state": ChangeState.FINISHED.value})
    with transaction(ongoing.engine, statement_timeout="0") as connection:
        ongoing.run(connection, "analyze_target", target=change.table)

"""What the owner of a run and its helpers have in common: the tasks, the workers, and the care for who is lost."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial

from etl.database import transaction
from etl.engine.alarm import Alarm
from etl.engine.telling import tell_waiting
from etl.engine.wiring import House
from etl.engine.work import Work, place_of
from etl.engine.workers import Workers
from etl.errors import TransientFault
from etl.handshake import Heartbeat, Joining, Won
from etl.inbound import Place
from etl.tasks import Bearing, Board

_log = logging.getLogger("in_pg_migration")

# Between two looks whether to go on, within a pause.
_LOOK_SECONDS = 0.2


def board_of(house: House, won: Won, *, is_helper: bool = False) -> Board:
    """The tasks of a run that this runner has won or joined."""
    lease = house.handshake.lease_seconds
    return Board(house.engine, house.in_schema, won.run, won.owner, won.fence, lease, is_helper)


def beat_of(house: House, won: Won, kind: type[Heartbeat] = Heartbeat) -> Heartbeat:
    """The heartbeat of this runner for a run, not yet begun."""
    in_migration = house.settings.in_migration
    return kind(
        house.engine,
        house.in_schema,
        won,
        beat_seconds=in_migration.heartbeat_seconds,
        lease_seconds=in_migration.lease_seconds,
        engines={house.engine, house.store_engine, house.out_engine},
    )


def place_now(house: House, run: int) -> Place:
    """Where a recorded run reads and writes; in a store of its own it has been entered."""
    with transaction(house.engine) as connection, house.sides(connection) as sides:
        return place_of(sides, house, run)


def bearing_of(house: House, board: Board, beat: Heartbeat, go_on: Callable[[], None]) -> Bearing:
    """How a runner bears what stands in the way of the steps between its tasks."""

    def wait(seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            go_on()
            time.sleep(min(left, _LOOK_SECONDS))
        return True

    patience = house.settings.in_migration.fault_patience_seconds
    alarm = Alarm(board, partial(tell_waiting, house, board.run))
    return Bearing(beat.check, wait, patience, partial(alarm, None))


def workers_of(house: House, work: Work, beat: Heartbeat, go_on: Callable[[], None]) -> Workers:
    """This runner's workers for a run, as many as the configuration says."""
    in_migration = house.settings.in_migration
    return Workers(
        work.board,
        work,
        house.settings.worker_count,
        go_on=go_on,
        check=beat.check,
        cancel=house.handshake.cancel_backends,
        rescue=partial(_rescue, house, work),
        alarm=Alarm(work.board, partial(tell_waiting, house, work.won.run)),
        strikes=in_migration.task_attempts,
        patience_seconds=in_migration.fault_patience_seconds,
        settings=house.merge_settings,
    )


def _rescue(house: House, work: Work, owners: Sequence[str]) -> None:
    """Frees what lost helpers had begun: first they may begin nothing more, then their transactions are ended."""
    if Joining(house.handshake).dismiss(work.won, owners, only_lost=True):
        work.board.put_back_lost(owners)
        _log.warning("run %s: what lost helpers had begun is free again (%s)", work.won.run, ", ".join(owners))


def dismiss_all(house: House, board: Board, won: Won) -> None:
    """Before a run is stopped nobody else may be at work on it."""
    joining = Joining(house.handshake)
    owners = [*joining.helpers(won), *board.left().lost]
    if owners and not joining.dismiss(won, owners, only_lost=False):
        raise TransientFault(f"run {won.run} could not be stopped: a helper's backend does not end")

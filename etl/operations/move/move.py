"""The steps of a move, in order; an error before the last one gives the company back to the old databases, and one in
the last one leaves it to the operator where it works on."""

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.database import Part, access_of, read_only_transaction
from etl.errors import ConfigurationError, EnvironmentFault
from etl.monitoring import Level
from etl.operations.backup import back_up
from etl.operations.hold import begin_hold, drain, release
from etl.operations.installation import DUMPS, WEB, Installation, present_schemas
from etl.operations.restore import activate, restore
from etl.operations.verify import Depth, verify

Show = Callable[[str], None]

_REASON: Final = "moves to"


@dataclass(frozen=True)
class Moved:
    """The rows of each dump, how long nothing was written anywhere, and whether the console's users were left where
    they are, as the new databases have some already."""

    rows: dict[str, int]
    stop_seconds: float
    left_users: bool


def move(
    old: Installation,
    new: Installation,
    folder: Path,
    *,
    web: Part,
    timeout: float,
    programs: str = "",
    privileges: bool = True,
    show: Show = lambda line: None,
) -> Moved:
    """Moves the company by a backup in `folder`, which must not exist. Afterwards the new databases are active, and the
    old ones stay on hold.

    Raises ConfigurationError where the targets do not suit, MarkerHeld when what is under way has not ended in
    `timeout` seconds, EnvironmentFault for what servers and programs say, and where the copy is not whole: then the
    company works on in the old databases. What activates the new ones may raise too, when some of them are active: then
    the old ones stay on hold, and `show` is given the commands by which to continue or to return.
    """
    only, left_users = _dumps_to_move(old, new)
    with _on_hold(old, new, show):
        drain(old.runtime, timeout=timeout, show=lambda found: show(f"waits: {', '.join(found)}"))
        began = time.monotonic()
        made = back_up(old, folder, programs=programs)
        show(f"copied {sum(one.rows for one in made.manifest.dumps):,} rows in {made.seconds:.0f} s")
        kept = [one.name for one in made.manifest.dumps if one.name in only]
        done = restore(new, folder, only=kept, programs=programs, privileges=privileges, web=web)
        show(f"restored and compared them in {done.seconds:.0f} s")
        if errors := [one for one in verify(new, Depth.ROWS) if one.level is Level.ERROR]:
            lines = "\n".join(f"  {one.what}: {one.found}" for one in errors)
            raise EnvironmentFault(f"the copy is not whole, and nothing was moved:\n{lines}")
    with _says_how_to_continue(new, show):
        activate(new)
    return Moved(done.rows, time.monotonic() - began, left_users)


@contextmanager
def _on_hold(old: Installation, new: Installation, show: Show) -> Iterator[None]:
    """The old databases are on hold, from here on for good; released where the move does not come to its end. A hold
    of someone else stays."""
    hold, is_new = begin_hold(old.runtime, f"{_REASON} {new.tree.origin}")
    is_ours = is_new or hold.reason.startswith(_REASON)
    show(str(hold))
    try:
        yield
    except BaseException:
        if is_ours:
            release(old.runtime)
            show("released: the company works on where it was")
        raise


@contextmanager
def _says_how_to_continue(new: Installation, show: Show) -> Iterator[None]:
    """Some of the new databases may be active, so that nothing is released: else both sides could be written to."""
    config = f"etl --config {shlex.quote(new.tree.origin)}"
    try:
        yield
    except BaseException:
        show("the copy is whole, but not all new databases are active; the old ones stay on hold")
        show(f"to continue: `{config} restore --activate`")
        show(f"to return instead: `{config} restore --hold`, then `etl release`")
        raise


def _dumps_to_move(old: Installation, new: Installation) -> tuple[list[str], bool]:
    """Which dumps are restored, and whether the console's users are not: other companies may have them there. Nothing
    is overwritten. Raises ConfigurationError for what would be."""
    found: list[str] = []
    only = list(DUMPS)
    for name in DUMPS:
        _refuse_same(old, new, name)
        with read_only_transaction(old.engine_of(name)) as connection:
            schemas = old.schemas_of(name, connection)
        with read_only_transaction(new.engine_of(name)) as connection:
            there = present_schemas(connection, schemas)
        if there and name == WEB:
            only.remove(WEB)
        else:
            found += [f"{one} in the database {_location(new, name)}" for one in there]
    if found:
        lines = "\n".join(f"  {one}" for one in dict.fromkeys(found))
        raise ConfigurationError(
            "nothing was moved, as the new databases have schemas of these names already; drop those that are left of "
            f"a rehearsal or of a move that was interrupted:\n{lines}"
        )
    return only, WEB not in only


def _refuse_same(old: Installation, new: Installation, dump: str) -> None:
    if dump != WEB and _location(old, dump) == _location(new, dump):
        raise ConfigurationError(
            f"both configurations name the database {_location(new, dump)} for {dump}: write the new server into "
            f"{new.tree.origin}"
        )


def _location(installation: Installation, dump: str) -> str:
    access = access_of(installation.engine_of(dump))
    return f"{access.database} of {access.host}:{access.port}"

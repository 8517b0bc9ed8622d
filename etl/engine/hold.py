"""Whether an operator lets new work begin here: runs, batches of records, outputs, fills."""

from socket import gethostname

from etl.database import transaction
from etl.engine.runtime import Runtime
from etl.errors import OnHold
from etl.store import Hold, Holds


def read_holds(runtime: Runtime) -> list[Hold]:
    """All holds, that of all hosts first; writes nothing."""
    with transaction(runtime.store_engine) as connection:
        return Holds(runtime.store.schema).all(connection)


def hold_here(runtime: Runtime) -> Hold | None:
    """The hold that is of this host too."""
    return next((one for one in read_holds(runtime) if one.host in ("", gethostname())), None)


def refuse_on_hold(runtime: Runtime) -> None:
    """Raises OnHold where nothing new may begin here."""
    hold = hold_here(runtime)
    if hold:
        raise OnHold(str(hold))

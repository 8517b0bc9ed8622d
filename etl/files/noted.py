"""Says that a fill is under way, so that `etl drain` waits for it, and refuses one while the company is closed."""

from etl.database import CLOSED_FROM, FILL_LOCK, Connection, SqlTemplates, fetch_all
from etl.errors import OnHold

_sql = SqlTemplates(__package__)


def note_fill(connection: Connection, schema: str) -> None:
    """Until the transaction ends; any number of fills at once. Raises OnHold while no program may write there."""
    fetch_all(connection, _sql("note_fill"), {"lock": FILL_LOCK, "schema": schema})
    [row] = fetch_all(connection, _sql("sees_versions"), {"table": f'"{schema.lower()}".etl_schema'})
    if not row.sees_versions:  # nothing has run yet, or the role is a partner's, whom no hold concerns
        return
    [row] = fetch_all(connection, _sql("is_closed", schema=schema), {"closed_from": CLOSED_FROM})
    if row.is_closed:
        raise OnHold(f"schema {schema} is on hold: nothing is filled; `etl status` says why, `etl release` ends that")

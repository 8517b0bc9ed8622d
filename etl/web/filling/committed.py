"""Whether a load was committed: the server itself knows, by the number of its transaction."""

from etl.database import Connection, SqlTemplates, fetch_all, fetch_one
from etl.web.filling.upload import Load

_sql = SqlTemplates(__package__)


def number_of_transaction(connection: Connection) -> str:
    """The number of the transaction that is open."""
    [row] = fetch_all(connection, _sql("transaction_number"))
    return str(row.number)


def status_of(connection: Connection, load: Load) -> str:
    """What the server says of a load: committed, aborted or in progress."""
    row = fetch_one(connection, _sql("transaction_status"), {"number": load.transaction})
    # The server forgets a number after hundreds of millions of others; an upload does not wait for so long.
    return str(row.status or "aborted") if row else "aborted"

"""Which table or index is damaged, where the server names only a file."""

import re
from contextlib import suppress

from etl.database import SqlTemplates, fetch_all, read_only_transaction
from etl.engine.runtime import Runtime
from etl.errors import EtlError

_sql = SqlTemplates(__package__)

_FILE = re.compile(r"\bbase/(\d{1,10})/(\d{1,10})\b")


def damage_message(runtime: Runtime, fault: EtlError) -> str:
    """What the server said, with the name of the table or index whose file it names."""
    found = _FILE.search(fault.server_message)
    if found:
        values = {"database": int(found[1]), "file": int(found[2])}
        for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
            with suppress(EtlError), read_only_transaction(engine) as connection:
                for row in fetch_all(connection, _sql("relation_of_file"), values):
                    named = f"index {row.name} of {row.table_name}" if row.table_name else f"table {row.name}"
                    return f"{fault} (the file is that of {named})"
    return str(fault)

"""Privileges: the grants of each role, as statements, and what the engine's own role lacks.

Receives a company, names of schemas and roles, and open transactions. Returns grants as text, or executes them. Never
makes a table, and grants no role more than its work needs.
"""

from etl.ddl.privileges.grants import (
    Script,
    administrator_script,
    console_script,
    partner_script,
    reader_script,
)
from etl.ddl.privileges.holders import (
    Grant,
    Missing,
    inherited_grants,
    missing_privileges,
)
from etl.ddl.privileges.lacking import (
    Held,
    Lack,
    check_privileges,
    is_superuser,
    lacking,
    privileges_fault,
)
from etl.ddl.privileges.live import (
    Server,
    apply_script,
    make_schema,
    read_by_partner,
    read_server,
    versions,
)

__all__ = [
    "Grant",
    "Held",
    "Lack",
    "Missing",
    "Script",
    "Server",
    "administrator_script",
    "apply_script",
    "check_privileges",
    "console_script",
    "inherited_grants",
    "is_superuser",
    "lacking",
    "make_schema",
    "missing_privileges",
    "partner_script",
    "privileges_fault",
    "read_by_partner",
    "read_server",
    "reader_script",
    "versions",
]

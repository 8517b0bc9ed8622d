"""A digest of what decides how tasks are performed: runners share a run only if their digests are equal."""

import hashlib
import json

from etl import __version__
from etl.metadata import Company
from etl.settings import Settings
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import STORE


def compatibility_digest(settings: Settings, company: Company, *, has_own_store: bool) -> str:
    """The digest of program version, the versions of its tables, metadata, and the settings that change how a row is
    merged."""
    in_migration = settings.in_migration
    reported = [
        __version__,
        IMPORT.version,
        STORE.version,
        has_own_store,
        in_migration.null_policy,
        in_migration.max_value_bytes,
        in_migration.max_row_bytes,
        in_migration.reference_expiry_minutes,
        in_migration.error_limit,
        in_migration.task_attempts,
        company.code,
        *(one.model_dump_json() for one in company.objects),
    ]
    return hashlib.sha256(json.dumps(reported).encode()).hexdigest()

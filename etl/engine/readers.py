"""What `etl out reader` does with the readers of a company's versions that confirm what they were given."""

from collections.abc import Iterator

from etl.database import BRIEF, Connection, transaction
from etl.engine.preparation import has_out_versions
from etl.engine.runtime import Runtime
from etl.engine.versions import need_store, prepare_versions
from etl.outputs import versions
from etl.outputs.versions import Reader
from etl.quoting import fold


def list_readers(runtime: Runtime) -> list[Reader]:
    """All readers, by version and name; writes nothing."""
    with transaction(runtime.out_engine) as out:
        if not has_out_versions(out, runtime):
            return []
        return versions.read_readers(out, runtime.store.schema)


def add_reader(runtime: Runtime, reader: str, role: str | None, version: str | None) -> tuple[str, str, bool]:
    """Adds a reader to a version, by default to the current one; `role` is by default that of `etl grants`. Returns the
    version's schema, the role, and whether it was added."""
    need_store(runtime)
    prepare_versions(runtime)
    chosen = role or fold(f"{runtime.company.code}_reader")
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        schema, is_new = versions.add_reader(connection, runtime.versions, version, reader, chosen)
    return schema, chosen, is_new


def remove_reader(runtime: Runtime, reader: str, version: str | None) -> str:
    """Removes a reader from a version, by default from the current one; returns the version's schema."""
    need_store(runtime)
    prepare_versions(runtime)
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        return versions.remove_reader(connection, runtime.versions, version, reader)


def reset_reader(runtime: Runtime, reader: str, version: str | None) -> str:
    """Lets the next delivery of a reader be a full delivery; returns the version's schema."""
    need_store(runtime)
    prepare_versions(runtime)
    with transaction(runtime.out_engine, client_min_messages="warning", **BRIEF) as connection:
        return versions.reset_reader(connection, runtime.versions, version, reader)


def readers_beside(connection: Connection, runtime: Runtime, most: int | None) -> list[Reader]:
    """As `list_readers`, counted up to `most`, in a transaction beside one of the import."""
    if not runtime.settings.has_out_migration:
        return []
    with runtime.out_beside(connection) as out:
        if not has_out_versions(out, runtime):
            return []
        return versions.read_readers(out, runtime.store.schema, *([most] if most else []))


def absent_readers(runtime: Runtime) -> Iterator[tuple[Reader, float]]:
    """Readers that have not confirmed for half of `readerDays`, with the days since; those that hold changes only."""
    for one in list_readers(runtime):
        days = one.seconds / 86_400
        if not one.retired_at and one.holds_changes and days > runtime.settings.out_migration.reader_days / 2:
            yield one, days


def clean_readers(runtime: Runtime) -> tuple[int, list[tuple[str, str]]]:
    """Retires readers that have been absent for `readerDays`, and deletes what all others have confirmed; returns how
    many changes were deleted, and who was retired: (schema, reader)."""
    schema, limit = runtime.store.schema, runtime.settings.in_migration.clean_limit
    with transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return 0, []
        retired = versions.retire_readers(connection, schema, runtime.settings.out_migration.reader_days)
    total = 0
    while True:
        with transaction(runtime.out_engine) as connection:
            once = versions.delete_taken(connection, schema, limit)
        total += once
        if once < limit:
            return total, retired

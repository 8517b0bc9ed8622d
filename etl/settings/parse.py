"""Parses texts into layers, checks keys against each other, and returns frozen settings, or all problems at once."""

from collections.abc import Mapping
from typing import cast

from pydantic import SecretStr

from etl.errors import ConfigurationError, Problem
from etl.settings.catalogue import (
    IMPORT_DATABASE,
    IN_MIGRATION,
    OUT_DATABASE,
    OUT_VERSION_DEFAULT,
    OUT_VERSION_VARIABLE,
    STATE_KEYS,
    STORE_DATABASE,
    WORKERS,
    why_no_out_version,
)
from etl.settings.directory import directory
from etl.settings.kafka import kafka
from etl.settings.keys import Key, ValueKind
from etl.settings.layers import Layers, read_layers
from etl.settings.model import InMigration, NullPolicy, OutMigration, Settings
from etl.settings.notices import notices
from etl.settings.origin import DEFAULT, Origin, OriginKind, Setting
from etl.settings.postgres import database, with_embedded_name
from etl.settings.schedule.file import SCHEDULE, read_schedule

# Letters of a password with which the platform's own services are on (vendor's guide, services).
_SHORTEST_PASSWORD = 6
# Heartbeats per lease: after three missed ones a runner counts as dead.
_HEARTBEATS_IN_A_LEASE = 3


def parse_settings(
    tree_texts: Mapping[str, str],
    *,
    origin: str,
    company: str | None,
    environ: Mapping[str, str],
    open_texts: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of `company`. Raises ConfigurationError with all problems of all texts.

    `tree_texts`: path → content. `origin`: URL of the tree, named in errors. `company` None: companyCode decides, else
    the only folder below companies/. `open_texts`: path → why others may have written the text; guarded keys are
    refused there.
    """
    layers = read_layers(tree_texts, origin, company, environ, open_texts or {})
    settings = _assemble(layers, tree_texts, environ)
    if layers.company_problem:
        layers.problems.append(layers.company_problem)
    _raise(layers)
    return settings


def explain_settings(
    tree_texts: Mapping[str, str],
    *,
    origin: str,
    company: str | None,
    environ: Mapping[str, str],
    open_texts: Mapping[str, str] | None = None,
) -> tuple[Setting, ...]:
    """All keys with value and origin, as `parse_settings` reads them; the company need not be determined yet."""
    layers = read_layers(tree_texts, origin, company, environ, open_texts or {})
    settings = _assemble(layers, tree_texts, environ)
    _raise(layers)
    return settings.values


def _raise(layers: Layers) -> None:
    if layers.problems:
        raise ConfigurationError(*sorted(layers.problems, key=lambda problem: (problem.path, problem.line or 0)))


def _assemble(layers: Layers, texts: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    _check_lease(layers)
    schedule, problems = read_schedule(texts, layers.location(SCHEDULE))
    layers.problems += problems
    version = _out_version(layers, environ)
    imported = with_embedded_name(database(layers, IMPORT_DATABASE, None))
    store = database(layers, STORE_DATABASE, imported)
    out = database(layers, OUT_DATABASE, store)
    return Settings(
        in_migration=_in_migration(layers),
        import_database=imported,
        store_database=store,
        out_database=out,
        worker_count=_number(layers, WORKERS, "comeKafkaInMigration"),
        has_in_migration=bool(layers.value(IMPORT_DATABASE, "hasInMigration")),
        out_migration=OutMigration(
            enabled=bool(layers.value(OUT_DATABASE, "hasOutMigration")),
            environment_version=str(version.value),
            kept_states=tuple(state for state, key in STATE_KEYS if layers.value(OUT_DATABASE, key) == "mark"),
            fill_seconds=_number(layers, OUT_DATABASE, "fillSeconds"),
            reader_days=_number(layers, OUT_DATABASE, "readerDays"),
        ),
        schedule=schedule,
        kafka=kafka(layers, texts, environ),
        directory=directory(layers, texts),
        values=(*layers.settings.values(), version),
    )


def _in_migration(layers: Layers) -> InMigration:
    return InMigration(
        company_code=layers.company,
        schema_name=str(layers.value(IMPORT_DATABASE, "schemaName")),
        service_password=service_password(layers),
        lease_seconds=_number(layers, IN_MIGRATION, "leaseSeconds"),
        heartbeat_seconds=_number(layers, IN_MIGRATION, "heartbeatSeconds"),
        chunk_rows=_number(layers, IN_MIGRATION, "chunkRows"),
        work_mem_mb=_number(layers, IN_MIGRATION, "workMemMb"),
        null_policy=cast(NullPolicy, layers.value(IN_MIGRATION, "nullPolicy")),
        reference_expiry_minutes=_number(layers, IN_MIGRATION, "referenceExpiryMinutes"),
        error_limit=cast(int | None, layers.value(IN_MIGRATION, "errorLimit")),
        max_value_bytes=_number(layers, IN_MIGRATION, "maxValueBytes"),
        max_row_bytes=_number(layers, IN_MIGRATION, "maxRowBytes"),
        max_removed_share=cast(int | None, layers.value(IN_MIGRATION, "maxRemovedShare")),
        max_blanked_share=cast(int | None, layers.value(IN_MIGRATION, "maxBlankedShare")),
        max_changed_share=cast(int | None, layers.value(IN_MIGRATION, "maxChangedShare")),
        max_unlinked_share=cast(int | None, layers.value(IN_MIGRATION, "maxUnlinkedShare")),
        task_attempts=_number(layers, IN_MIGRATION, "taskAttempts"),
        fault_patience_seconds=_number(layers, IN_MIGRATION, "faultPatienceSeconds"),
        copy_tables=bool(layers.value(IN_MIGRATION, "copyTables")),
        copy_days=_number(layers, IN_MIGRATION, "copyDays"),
        clean_days=_number(layers, IN_MIGRATION, "cleanDays"),
        history_days=_number(layers, IN_MIGRATION, "historyDays"),
        clean_limit=_number(layers, IN_MIGRATION, "cleanLimit"),
        track_timings=bool(layers.value(IN_MIGRATION, "trackTimings")),
        start_on_hand_over=bool(layers.value(IN_MIGRATION, "startOnHandOver")),
        poll_seconds=_number(layers, IN_MIGRATION, "pollSeconds"),
        time_zone=str(layers.value(IN_MIGRATION, "timeZone")),
        **notices(layers),
    )


def service_password(layers: Layers) -> SecretStr:
    """The password of the platform's own services; empty where they are off."""
    password = cast(SecretStr, layers.value(IN_MIGRATION, "passwordToEnableServices")).get_secret_value()
    return SecretStr(password if password != "-" and len(password) >= _SHORTEST_PASSWORD else "")  # noqa: S105


def _number(layers: Layers, file: str, key: str) -> int:
    return cast(int, layers.value(file, key))


def _check_lease(layers: Layers) -> None:
    lease, heartbeat = (_number(layers, IN_MIGRATION, key) for key in ("leaseSeconds", "heartbeatSeconds"))
    involved = {(IN_MIGRATION, "leaseSeconds"), (IN_MIGRATION, "heartbeatSeconds")}
    if lease < _HEARTBEATS_IN_A_LEASE * heartbeat and not involved & layers.faulty:
        least = _HEARTBEATS_IN_A_LEASE * heartbeat
        message = f"{lease} is too short for heartbeatSeconds {heartbeat}: write at least {least}"
        layers.complain(IN_MIGRATION, "leaseSeconds", message)


def _out_version(layers: Layers, environ: Mapping[str, str]) -> Setting:
    comment = "Version of the out_ schema, set by the environment; a new value makes a new schema."
    key = Key(OUT_VERSION_VARIABLE, ValueKind.TEXT, OUT_VERSION_DEFAULT, comment)
    given = environ.get(OUT_VERSION_VARIABLE, "").strip()
    if given and (message := why_no_out_version(given)):
        layers.problems.append(Problem(message, "environment", None, OUT_VERSION_VARIABLE))
    origin = Origin(OriginKind.ENVIRONMENT, variable=OUT_VERSION_VARIABLE) if given else DEFAULT
    return Setting("environment", key, given or OUT_VERSION_DEFAULT, origin)

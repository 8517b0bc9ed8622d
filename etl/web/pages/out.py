"""Out: versions of the out_ tables, which one readers see, and what can be done with each."""

from datetime import date, datetime

from etl.database import read_only_transaction
from etl.engine import ListedVersion, build_version, list_versions, retire_version, roll_back_version, switch_version
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import bad_request, conflict
from etl.web.requests import PAGE_SECONDS, ActionRequest, Done, Id, Model, PageRequest

# How long a switch tries while readers hold a view: an action of a page must not keep its browser waiting.
_PATIENCE_SECONDS = 20.0


class Version(Model):
    """One version. `name`: as actions name it; `behind`: changes of the journal that it has not followed."""

    schema_name: str
    name: str
    state: str
    percent: int
    behind: int
    lag_seconds: float
    built_at: datetime
    followed_at: datetime
    current_since: datetime | None
    retire_on: date | None
    are_reads_counted: bool
    last_read_at: datetime | None
    oldest_unit: Id | None


class Out(CompanyPage):
    """`views`: the schema whose views readers use; `current`: what they show, "" before the first; `previous`: what a
    rollback would show; `environment`: the version that the environment names, which `build` makes."""

    versions: tuple[Version, ...]
    views: str
    current: str
    previous: str
    environment: str
    environment_name: str
    is_built: bool


def page(request: PageRequest) -> Out:
    """All versions, the newest first."""
    runtime = request.runtime
    with read_only_transaction(runtime.engine, seconds=PAGE_SECONDS) as connection:
        found = list_versions(connection, runtime)
    current = next((one for one in found if one.state == "current"), None)
    return Out(
        **framed(request),
        versions=tuple(_version(one) for one in reversed(found)),
        views=runtime.versions.views_schema,
        current=current.schema_name if current else "",
        previous=(current.previous or "") if current else "",
        environment=runtime.versions.newest.schema,
        environment_name=runtime.versions.environment_version,
        is_built=any(one.schema_name == runtime.versions.newest.schema and one.percent == 100 for one in found),
    )


def build(request: ActionRequest) -> Done:
    """Makes the version that the environment names, and fills it."""
    made = build_version(request.runtime, request.form.get("version") or None, lambda percent: None)
    rows = sum(made.rows.values())
    return Done("/out", f"{made.schema} is whole: {rows:,} rows written.", {"schema": made.schema, "rows": rows})


def switch(request: ActionRequest) -> Done:
    """Makes the views show a version. Refused if they no longer show what the viewer saw."""
    _refuse_stale(request)
    done = switch_version(
        request.runtime, request.path["version"], force=_is_forced(request), patience=_PATIENCE_SECONDS
    )
    return Done("/out", f"The views show {done.current}.", {"schema": done.current})


def roll_back(request: ActionRequest) -> Done:
    """Makes the views show what they showed before."""
    _refuse_stale(request)
    done = roll_back_version(request.runtime, force=_is_forced(request), patience=_PATIENCE_SECONDS)
    return Done("/out", f"The views show {done.current}.", {"schema": done.current})


def retire(request: ActionRequest) -> Done:
    """Drops a version, announces the day of that, or takes the announcement back."""
    text = request.form.get("on", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise bad_request("The parameter on must be a day, as 2026-11-30.") from None
    keep = request.form.get("keep") == "1"
    done = retire_version(request.runtime, request.path["version"], on=day, keep=keep, force=_is_forced(request))
    if done.is_dropped:
        sentence = f"{done.schema} is dropped."
    else:
        sentence = f"{done.schema} retires on {done.retire_on}." if done.retire_on else f"{done.schema} stays."
    return Done("/out", sentence, {"schema": done.schema, "is_dropped": done.is_dropped})


def _is_forced(request: ActionRequest) -> bool:
    return request.form.get("force") == "1"


def _refuse_stale(request: ActionRequest) -> None:
    """A page of yesterday shows another current version: its buttons mean something else today."""
    seen = request.form.get("seen")
    if seen is None:
        return
    with read_only_transaction(request.runtime.engine, seconds=PAGE_SECONDS) as connection:
        found = list_versions(connection, request.runtime)
    current = next((one.schema_name for one in found if one.state == "current"), "")
    if current != seen:
        raise conflict(
            f"The views show {current or 'no version'} by now, not {seen or 'none'}: look again, then decide."
        )


def _version(one: ListedVersion) -> Version:
    same = {name: getattr(one, name) for name in Version.model_fields if name != "name"}
    return Version(**same, name=one.environment_version)

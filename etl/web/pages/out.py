"""Out: versions of the out_ tables, which one readers see, and what can be done with each."""

from datetime import date, datetime

from etl.database import read_only_transaction
from etl.engine import ListedVersion, build_version, list_versions, retire_version, roll_back_version, switch_version
from etl.outputs.versions import MOST_BEHIND
from etl.web.pages.frame import CompanyPage, framed
from etl.web.pages.readers import ListedReader, readers_of
from etl.web.pages.switch import refuse_unconfirmed
from etl.web.problems import bad_request, conflict
from etl.web.requests import PAGE_SECONDS, ActionRequest, Done, Id, Model, PageRequest
from etl.web.texts.sentence import sentence_of

# How long a switch tries while readers hold a view: an action of a page must not keep its browser waiting.
_PATIENCE_SECONDS = 20.0


class Version(Model):
    """One version. `name`: as actions name it; `behind`: changes of the journal that it has not followed, counted up to
    1,000: `is_further` says that there are more; `stays_behind`: why it does not follow; `seen_state`: what a form
    carries back, so that a stale one is refused."""

    schema_name: str
    name: str
    state: str
    percent: int
    behind: int
    is_further: bool
    lag_seconds: float
    built_at: datetime
    followed_at: datetime
    current_since: datetime | None
    retire_on: date | None
    are_reads_counted: bool
    last_read_at: datetime | None
    oldest_unit: Id | None
    stays_behind: str | None
    seen_state: str


class Out(CompanyPage):
    """`views`: the schema whose views readers use; `current`: what they show, "" before the first; `previous`: what a
    rollback would show; `environment`: the version that the environment names, which `build` makes; `is_cut`: there
    are more readers."""

    versions: tuple[Version, ...]
    readers: tuple[ListedReader, ...]
    is_cut: bool
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
        found = list_versions(connection, runtime, MOST_BEHIND)
    current = next((one for one in found if one.state == "current"), None)
    readers, is_cut = readers_of(request)
    return Out(
        **framed(request),
        versions=tuple(_version(one) for one in reversed(found)),
        readers=readers,
        is_cut=is_cut,
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
    return Done(
        "/out",
        sentence_of("sentence.version_built", version=made.schema, n=rows),
        {"schema": made.schema, "rows": rows},
    )


def switch(request: ActionRequest) -> Done:
    """Makes the views show a version. Refused if they no longer show what the viewer saw, or if readers lose something
    that the viewer has not confirmed."""
    _refuse_stale(request)
    refuse_unconfirmed(request, request.path["version"])
    done = switch_version(
        request.runtime, request.path["version"], force=_is_forced(request), patience=_PATIENCE_SECONDS
    )
    return Done("/out", sentence_of("sentence.views_show", version=done.current), {"schema": done.current})


def roll_back(request: ActionRequest) -> Done:
    """Makes the views show what they showed before."""
    _refuse_stale(request)
    refuse_unconfirmed(request, None)
    done = roll_back_version(request.runtime, force=_is_forced(request), patience=_PATIENCE_SECONDS)
    return Done("/out", sentence_of("sentence.views_show", version=done.current), {"schema": done.current})


def retire(request: ActionRequest) -> Done:
    """Drops a version, announces the day of that, or takes the announcement back."""
    _refuse_stale(request)
    text = request.form.get("on", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise bad_request(sentence_of("sentence.no_day", name="on")) from None
    keep = request.form.get("keep") == "1"
    done = retire_version(request.runtime, request.path["version"], on=day, keep=keep, force=_is_forced(request))
    if done.is_dropped:
        sentence = sentence_of("sentence.version_dropped", version=done.schema)
    else:
        sentence = (
            sentence_of("sentence.version_retires", version=done.schema, on=str(done.retire_on))
            if done.retire_on
            else sentence_of("sentence.version_stays", version=done.schema)
        )
    return Done("/out", sentence, {"schema": done.schema, "is_dropped": done.is_dropped})


def _is_forced(request: ActionRequest) -> bool:
    return request.form.get("force") == "1"


def _refuse_stale(request: ActionRequest) -> None:
    """A page of yesterday shows another current version, or another state of this one: its buttons mean something else
    today."""
    seen, seen_state = request.form.get("seen"), request.form.get("seen_state")
    if seen is None and seen_state is None:
        return
    with read_only_transaction(request.runtime.engine, seconds=PAGE_SECONDS) as connection:
        found = list_versions(connection, request.runtime, MOST_BEHIND)
    current = next((one.schema_name for one in found if one.state == "current"), "")
    if seen is not None and current != seen:
        raise conflict(sentence_of("sentence.views_changed", version=current or "–", seen=seen or "–"))
    asked = request.path.get("version", "")
    known = next((one for one in found if asked in (one.environment_version, one.schema_name)), None)
    if seen_state is not None and known and state_of(known) != seen_state:
        raise conflict(sentence_of("sentence.version_changed", version=known.schema_name))


def state_of(one: ListedVersion) -> str:
    """What a form carries of the version that its viewer saw."""
    return f"{one.state} {one.percent} {one.retire_on or ''}".strip()


def _version(one: ListedVersion) -> Version:
    other = ("name", "seen_state", "behind", "is_further")
    return Version(
        **{name: getattr(one, name) for name in Version.model_fields if name not in other},
        name=one.environment_version,
        seen_state=state_of(one),
        behind=min(one.behind, MOST_BEHIND),
        is_further=one.behind > MOST_BEHIND,
    )

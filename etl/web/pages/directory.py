"""Directory: the last syncs with Active Directory, what a dry run would change, and who is not bound to it."""

import time
from collections.abc import Hashable
from datetime import datetime
from typing import Final

from etl.engine.directory import (
    SyncOutcome,
    directory_source,
    read_bindings,
    read_refused_account,
    read_syncs,
    sync,
)
from etl.errors import ConfigurationError
from etl.sources.directory.stored.bound import Bound
from etl.sources.directory.stored.sign_ins import advice
from etl.sources.directory.stored.syncs import ListedSync
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, databases_of, framed
from etl.web.problems import conflict
from etl.web.requests import ActionRequest, Done, Id, Model, PageRequest
from etl.web.roles import OPERATORS
from etl.web.texts.sentence import sentence_of

_SYNCS: Final = 20
_PREVIEWS: Final[dict[Hashable, tuple[float, "Preview"]]] = {}
_KEPT_SECONDS: Final = 600.0


class LeftOut(Model):
    """An entry of the directory that took no part."""

    login: str
    reason: str


class Sync(Model):
    """One sync. `login`: of a sync of one user, None for all users; `result`: done, stopped, failed, running, or lost
    for one that was killed; `left_out`: to those who see rows."""

    run: Id
    login: str | None
    started_at: datetime
    ended_at: datetime | None
    controller: str
    users: int
    counts: dict[str, int]
    left_out: tuple[LeftOut, ...]
    result: str
    message: str


class Preview(Model):
    """What a dry run would change: `changes` are the first of them, `more` are not shown; `stops` by guards, which
    `can_be_accepted` or not."""

    users: int
    counts: dict[str, int]
    changes: tuple[str, ...]
    more: int
    left_out: tuple[LeftOut, ...]
    stops: tuple[str, ...]
    can_be_accepted: bool
    warnings: tuple[str, ...]


class Unbound(Model):
    """A person or a working group that is not the directory's, with the login or the role."""

    instance: str
    name: str


class Directory(CompanyPage):
    """`is_used`: whether there is a directory; `fault`: why its settings cannot be used; `refused`: that it has refused
    the account, with what to do; `stopped_by`: the guards that stopped the last sync of all users, "" if none has;
    `shows_rows`: whether the viewer sees logins and groups."""

    is_used: bool
    fault: str
    refused: str
    stopped_by: str
    last: Sync | None
    syncs: tuple[Sync, ...]
    known: int
    vanished: int
    unbound_people: int
    people: tuple[Unbound, ...]
    groups: tuple[Unbound, ...]
    unbound_groups: int
    groups_without_role: int
    preview: Preview | None
    shows_rows: bool


def page(request: PageRequest) -> Directory:
    """The newest syncs, and what the store has of people and groups."""
    runtime, shows_rows = request.runtime, request.viewer.role in OPERATORS
    is_used = runtime.settings.directory.is_used
    syncs = [_sync(one, shows_rows=shows_rows) for one in read_syncs(runtime, limit=_SYNCS)] if is_used else []
    of_all = [one for one in syncs if one.login is None]
    ended = next((one for one in of_all if one.result in ("done", "stopped")), None)
    refused = read_refused_account(runtime) if is_used else None
    bound, fault = Bound(), ""
    if is_used:
        try:
            bound = read_bindings(runtime, limit=PAGE_ROWS)
        except ConfigurationError as error:
            fault = str(error)
    people = [Unbound(instance=one.instance, name=one.login) for one in bound.people]
    groups = [Unbound(instance=one.instance, name=one.role) for one in bound.groups]
    return Directory(
        **framed(request),
        is_used=is_used,
        fault=fault,
        refused=f"{refused}; {advice(runtime.settings.directory)}" if refused else "",
        stopped_by=ended.message if ended and ended.result == "stopped" else "",
        last=next((one for one in of_all if one.result == "done"), None),
        syncs=tuple(syncs),
        known=bound.known,
        vanished=bound.vanished,
        unbound_people=bound.unbound_people,
        people=tuple(people) if shows_rows else (),
        groups=tuple(groups[:PAGE_ROWS]) if shows_rows else (),
        unbound_groups=len(groups),
        groups_without_role=bound.groups_without_role,
        preview=_preview(databases_of(request)) if shows_rows else None,
        shows_rows=shows_rows,
    )


def dry_run(request: ActionRequest) -> Done:
    """Does all of a sync and rolls it back; the page then shows what would change."""
    with request.own_runtime() as runtime:
        outcome = sync(runtime, directory_source(runtime), is_dry=True)
    _PREVIEWS[databases_of(request)] = (time.monotonic(), _preview_of(outcome))
    return Done("/directory", sentence_of("sentence.nothing_written"), dict(outcome.counts))


def start(request: ActionRequest) -> Done:
    """Brings all users; guards stop it."""
    return _bring(request, accept=False)


def accept(request: ActionRequest) -> Done:
    """Brings all users past the guards that can be accepted."""
    return _bring(request, accept=True)


def _bring(request: ActionRequest, *, accept: bool) -> Done:
    with request.own_runtime() as runtime:
        outcome = sync(runtime, directory_source(runtime), accept=accept)
    _PREVIEWS.pop(databases_of(request), None)
    if outcome.stops:
        raise conflict(sentence_of("sentence.directory_stopped", why="; ".join(map(str, outcome.stops))))
    sentence = sentence_of("sentence.directory_done", n=len(outcome.changes), left_out=len(outcome.left_out))
    return Done("/directory", sentence, {**outcome.counts, "unit": None if outcome.unit is None else str(outcome.unit)})


def _sync(one: ListedSync, *, shows_rows: bool) -> Sync:
    left_out = tuple(LeftOut(login=entry["login"], reason=entry["reason"]) for entry in one.left_out)
    return Sync(
        run=one.run,
        login=one.login if shows_rows or one.login is None else "",
        started_at=one.started_at,
        ended_at=one.ended_at,
        controller=one.controller or "",
        users=one.users,
        counts=dict(one.counts),
        left_out=left_out[:PAGE_ROWS] if shows_rows else (),
        result=one.result or ("running" if one.is_running else "lost"),
        message=one.message or "",
    )


def _preview_of(outcome: SyncOutcome) -> Preview:
    return Preview(
        users=outcome.users,
        counts=dict(outcome.counts),
        changes=tuple(map(str, outcome.changes[:PAGE_ROWS])),
        more=max(0, len(outcome.changes) - PAGE_ROWS),
        left_out=tuple(LeftOut(login=one.login or one.guid, reason=one.reason) for one in outcome.left_out[:PAGE_ROWS]),
        stops=tuple(map(str, outcome.stops)),
        can_be_accepted=all(one.can_be_accepted for one in outcome.stops),
        warnings=outcome.warnings[:PAGE_ROWS],
    )


def _preview(key: Hashable) -> Preview | None:
    """What a dry run has found lately; older ones are forgotten."""
    for known, (at, _) in list(_PREVIEWS.items()):
        if time.monotonic() - at > _KEPT_SECONDS:
            _PREVIEWS.pop(known, None)
    found = _PREVIEWS.get(key)
    return found[1] if found else None

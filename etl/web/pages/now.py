"""Now: one sentence about what is so, what can be done about it, and the run so far."""

import os
import time
from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Final

from etl.engine import ListedVersion, Status, read_units
from etl.errors import EtlError
from etl.monitoring import (
    Grade,
    KindProgress,
    LockWait,
    Situation,
    State,
    Verdict,
    progress,
    read_situation,
    read_topics_status,
    verdict,
)
from etl.monitoring.next_times import next_times
from etl.monitoring.ready import Age, AgeSampler
from etl.outputs.versions import MOST_BEHIND
from etl.quoting import printable
from etl.store import ListedUnit
from etl.web.assets import BUILD
from etl.web.lately import Lately
from etl.web.pages import own
from etl.web.pages.frame import CompanyPage, LastGood, databases_of, framed, last_good
from etl.web.pages.own import OwnNow
from etl.web.pages.units import Unit, unit_of
from etl.web.requests import PAGE_SECONDS, Id, Model, PageRequest
from etl.web.roles import INSIDE, Role
from etl.web.texts import Language, language, zone_named

_SHOWN_RUNS: Final = 5
# What holds no rows of a partner up.
_NOT_OF_THE_IMPORT: Final = frozenset({State.REJECTED, State.VERSION_BEHIND, State.SYNC_STOPPED, State.SYNC_FAILED})
# The shape of a page about a database that is away: an open page keeps the values that it has.
_AWAY: Final = "away"
# Company -> when a lock was seen last, on the monotonic clock, in which run, and who had it.
_LOCKS: Final[dict[str, tuple[float, int | None, tuple[LockWait, ...]]]] = {}
_TRIES_SECONDS: Final = 5.0
_AGES: Final = Lately[Age]()
_SAMPLERS: dict[Hashable, AgeSampler] = {}

Value = str | int | float | datetime | None


class Bar(Model):
    """The tasks of one kind."""

    kind: str
    done: int
    tasks: int
    running: int
    rows: int
    rows_done: int
    percent: int


class Runner(Model):
    """Who works on the run."""

    role: str
    host: str
    pid: int
    tasks: int
    beat_age: float | None
    performs: str | None


class OutState(Model):
    """An out_ version in one line. `is_further`: it is more changes behind than were counted."""

    schema_name: str
    state: str
    percent: int
    behind: int
    is_further: bool
    lag_seconds: float


_Shown = tuple[bool, tuple[Bar, ...], tuple[Runner, ...], tuple[OutState, ...], tuple[LastGood, ...]]


class Now(CompanyPage):
    """`state` and `values` are the verdict: `verdict.STATE` of the texts is its sentence. `ready` is None while the
    rows are being counted. `last_hand_over` is None where the settings do not say when hand-overs are due;
    `next_scheduled` is None where no service follows a schedule. `shape` changes when the page needs other elements."""

    company: str
    state: str
    grade: str
    values: dict[str, Value]
    detail: str
    acts: tuple[str, ...]
    shape: str
    lock: str
    run: Id | None
    run_state: str
    run_message: str
    started_at: datetime | None
    finished_at: datetime | None
    beat_age: float | None
    percent: int
    rate: float | None
    left_seconds: float | None
    median_rate: float | None
    bars: tuple[Bar, ...]
    runners: tuple[Runner, ...]
    rejected: int
    waiting: int
    ready: int | None
    oldest_seconds: float | None
    out: tuple[OutState, ...]
    last_runs: tuple[Unit, ...]
    last_hand_over: datetime | None
    next_scheduled: datetime | None
    warnings: tuple[str, ...]
    faults: tuple[LastGood, ...]

    @property
    def is_unavailable(self) -> bool:
        """The database is away: the sentence says so."""
        return self.shape == _AWAY


def page(request: PageRequest) -> Now | OwnNow:
    """What is so now. A database that is away is an answer too; a partner sees what is so of its own rows."""
    if request.viewer.role is Role.PARTNER:
        return own.page(request)
    found = _page(request)
    return found if request.viewer.role in INSIDE else fresh_only(found)


def fresh_only(found: Now) -> Now:
    """For readers: how fresh their data are, and nothing of hosts, sessions and rows."""
    is_bad = found.grade in (Grade.BAD, Grade.WARNING) and found.state not in _NOT_OF_THE_IMPORT
    return found.model_copy(
        update={
            "state": "held_up" if is_bad else found.state,
            "values": {} if is_bad else found.values,
            "detail": "",
            "acts": (),
            "lock": "",
            "run_message": "",
            "runners": (),
            "warnings": (),
            "last_runs": (),
            "faults": (),
        }
    )


def _page(request: PageRequest) -> Now:
    runtime = request.runtime
    _age(request, wait=0)  # is read while the rest is
    try:
        topics = read_topics_status(runtime, seconds=1.0) if runtime.settings.kafka.is_used else None
    except EtlError:
        topics = None  # the look at the import says why
    situation = _with_locks_of_late(read_situation(runtime, seconds=PAGE_SECONDS, topics=topics))
    units: list[ListedUnit] = []
    if situation.status and not situation.status.is_unreadable:
        units = read_units(runtime, source="in_tables", limit=_SHOWN_RUNS)
    return model_of(request, situation, units, _age(request, wait=0.03) if situation.status else None)


def _with_locks_of_late(found: Situation) -> Situation:
    """A runner gives up waiting now and again, and tries again: between two tries it still waits for the lock."""
    run = found.status.run["run"] if found.status and found.status.run else None
    at, known_run, locks = _LOCKS.get(found.company, (0.0, None, ()))
    if found.locks:
        _LOCKS[found.company] = time.monotonic(), run, found.locks
    elif run == known_run and time.monotonic() - at < _TRIES_SECONDS:
        return replace(found, locks=locks)
    return found


def model_of(request: PageRequest, situation: Situation, units: list[ListedUnit], age: Age | None) -> Now:
    """The page of a situation."""
    found, status = verdict(situation), situation.status
    run = (status.run if status else None) or {}
    so_far = progress(status.tasks, status.looked_at) if status else None
    is_running = run.get("state") == "running"
    bars = tuple(_bar(one) for one in so_far.kinds if one.kind != "NOP") if so_far and is_running else ()
    seen = tuple(map(unit_of, units))
    faults = last_good(request)
    runners = _runners(status) if is_running else ()
    out = tuple(map(_out_state, status.out_versions)) if status else ()
    return Now(
        **framed(request),
        company=request.company,
        state=found.state,
        grade=found.grade,
        values=found.shown_values,
        detail=found.detail,
        acts=tuple(found.acts),
        shape=_shape(found, run.get("run"), (is_running, bars, runners, out, faults)),
        lock=situation.lock_statement,
        run=run.get("run"),
        run_state=run.get("state", ""),
        run_message=run.get("message") or "",
        started_at=run.get("started_at"),
        finished_at=run.get("finished_at"),
        beat_age=run.get("beat_age"),
        percent=int(100 * so_far.rows_done / so_far.rows) if so_far and so_far.rows else 0,
        rate=so_far.rows_per_second if so_far else None,
        left_seconds=so_far.seconds_left if so_far else None,
        median_rate=median(rates) if (rates := [one.rate for one in seen if one.rate]) else None,
        bars=bars,
        runners=runners,
        rejected=sum(one.rejected for one in status.receipts) if status else 0,
        waiting=sum(one["links"] for one in status.waiting) if status else 0,
        ready=sum(one.ready + one.on_work for one in age.tables) if age else None,
        oldest_seconds=age.oldest_seconds if age else None,
        out=out,
        last_runs=seen,
        last_hand_over=situation.feed.last_hand_over if situation.feed else None,
        next_scheduled=_next_scheduled(request, situation),
        warnings=status.warnings if status else (),
        faults=faults,
    )


def live(model: Model, code: str) -> Mapping[str, str]:
    """What changes on an open page: id of an element -> its text, `id@name` -> an attribute."""
    if isinstance(model, OwnNow):
        return {"shape": model.shape}
    if not isinstance(model, Now):
        return {}
    t, zone = language(code), zone_named(model.zone)
    sentence = t.filled(f"verdict.{model.state}", model.values, zone)
    if model.shape == _AWAY:
        return {"sentence": sentence, "detail": model.detail, "shape": model.shape}
    texts = {
        "sentence": sentence,
        "detail": model.detail,
        "looked-at": t.time(model.looked_at, zone, with_seconds=True),
        "summary": _summary(model, sentence, t),
        "shape": model.shape,
        "ready": t("now.counting") if model.ready is None else t.number(model.ready),
        "oldest": t.duration(model.oldest_seconds) or "–",
        "handed-over": t.time(model.last_hand_over, zone) or "–",
        "next-scheduled": t.time(model.next_scheduled, zone) or "–",
        "rejected": t.number(model.rejected),
        "waiting": t.number(model.waiting),
        "beat": t.duration(model.beat_age),
        "rate": t("now.rate", rate=t.number(model.rate)) if model.rate else "–",
        "left": t.duration(model.left_seconds) or "–",
        "percent": f"{model.percent} %",
    }
    for one in model.bars:
        texts[f"bar-{one.kind}@value"] = str(one.percent)
        texts[f"tasks-{one.kind}"] = f"{one.done}/{one.tasks}"
        texts[f"rows-{one.kind}"] = f"{t.number(one.rows_done)} / {t.number(one.rows)}" if one.rows else ""
    for number, runner in enumerate(model.runners):
        texts |= {f"runner-{number}-{name}": text for name, text in _runner_texts(runner, t).items()}
    for number, version in enumerate(model.out):
        is_further = "≥ " if version.is_further else ""
        behind = t("now.behind", n=version.behind) if version.behind else t("now.follows")
        percent = f" {version.percent} %" if version.percent < 100 else ""
        texts[f"out-{number}"] = is_further + behind
        texts[f"out-{number}-state"] = t.named("version", version.state) + percent
    return texts


def _runner_texts(one: Runner, t: Language) -> dict[str, str]:
    return {
        "role": t.named("runner", one.role),
        "host": printable(one.host),
        "pid": str(one.pid),
        "tasks": t.number(one.tasks),
        "beat": t.duration(one.beat_age),
        "performs": one.performs or "",
    }


def _summary(model: Now, sentence: str, t: Language) -> str:
    """What an operator copies for others."""
    run = f", {t('now.run')} {model.run}" if model.run else ""
    at = t.time(model.looked_at, zone_named(model.zone))
    return f"{sentence} {model.detail} ({model.company}, {at} {model.zone}{run})"


def _next_scheduled(request: PageRequest, situation: Situation) -> datetime | None:
    if situation.services == 0:
        return None
    return next(iter(next_times(request.runtime.settings, os.environ, 1).next), None)


def _out_state(one: ListedVersion) -> OutState:
    return OutState(
        schema_name=one.schema_name,
        state=one.state,
        percent=one.percent,
        behind=min(one.behind, MOST_BEHIND),
        is_further=one.behind > MOST_BEHIND,
        lag_seconds=one.lag_seconds,
    )


def _bar(one: KindProgress) -> Bar:
    shown = {name: getattr(one, name) for name in ("kind", "done", "tasks", "running", "rows", "rows_done")}
    return Bar(**shown, percent=int(100 * one.share))


def _runners(status: Status | None) -> tuple[Runner, ...]:
    rows = status.runners if status else ()
    return tuple(Runner(**{name: row[name] for name in Runner.model_fields}) for row in rows)


def _shape(found: Verdict, run: int | None, shown: _Shown) -> str:
    """Without hosts: readers get it too. An open page of an earlier program is loaded again by it."""
    if found.state is State.AWAY:
        return _AWAY
    is_running, bars, runners, out, faults = shown
    kinds = ",".join(one.kind for one in bars)
    versions = ",".join(f"{one.schema_name}:{one.state}" for one in out)
    acts = ",".join(found.acts)
    is_faulty = "faulty" if faults else ""
    parts = (found.state, acts, run or "", is_running, kinds, len(runners), versions, is_faulty, BUILD)
    return " ".join(map(str, parts))


def _age(request: PageRequest, wait: float) -> Age | None:
    """Counted in a thread of its own, and seldom: it reads whole tables. A page waits for it for `wait` seconds."""
    runtime = request.runtime
    databases = databases_of(request)
    sampler = _SAMPLERS.setdefault(databases, AgeSampler(seconds_per_table=5.0))
    return _AGES.latest(databases, lambda: sampler.sample(runtime), wait=wait)

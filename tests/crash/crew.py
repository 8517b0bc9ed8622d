"""Four runners that share runs, and somebody who kills and freezes them."""

import os
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash import runner
from tests.fix_company import CODE, Site
from tests.forked import fork, prepare_process

if TYPE_CHECKING:
    from etl.engine import Runtime

# Far shorter than a configuration may say, so that new owners come often; false alarms are welcome here.
LEASE_SECONDS, BEAT_SECONDS = 0.4, 0.1
_IDLE_SECONDS = 0.03


def work_for_ever(out: Path, err: Path, environ: Mapping[str, str], url: str, sow: runner.Sow | None) -> None:
    """Runs whenever there is something to do, as a timer would start it, until it is killed."""
    from etl.engine import open_runtime
    from etl.errors import EtlError

    prepare_process(out, err, environ)
    runner.shorten_pauses()
    if sow:
        sow()
    while True:
        try:
            with open_runtime(url, CODE, environ) as runtime:
                _run_until_fault(out, runtime)
        except EtlError as error:
            print(type(error).__name__, error, flush=True, file=sys.stderr)
        time.sleep(_IDLE_SECONDS)


def _run_until_fault(out: Path, runtime: "Runtime") -> None:
    from etl.engine import run_or_help

    quick = replace(
        runtime,
        settings=replace(
            runtime.settings,
            in_migration=replace(
                runtime.settings.in_migration,
                lease_seconds=LEASE_SECONDS,  # type: ignore[arg-type]
                heartbeat_seconds=BEAT_SECONDS,  # type: ignore[arg-type]
            ),
        ),
        handshake=replace(runtime.handshake, lease_seconds=LEASE_SECONDS),  # type: ignore[arg-type]
    )
    out.write_text(runtime.owner)
    while True:
        run_or_help(quick)
        time.sleep(_IDLE_SECONDS)


@dataclass
class Crew:
    """Runners by their slot; whoever is killed is replaced at once. `chance` decides everything."""

    site: Site
    chance: random.Random
    size: int = 4
    sow: runner.Sow | None = None
    kills: int = 0
    freezes: int = 0
    owners_struck: int = 0
    _crew: list[runner.Runner] = field(default_factory=list)
    _frozen: dict[int, float] = field(default_factory=dict)
    _started: int = 0

    def __enter__(self) -> "Crew":
        self._crew = [self._start() for _ in range(self.size)]
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._crew:
            one.end()

    @property
    def faults(self) -> int:
        return self.kills + self.freezes

    def _start(self) -> runner.Runner:
        self._started += 1
        out, err = (self.site.home / f"crew{self._started}.{kind}" for kind in ("owner", "err"))
        out.touch()
        process = fork(
            work_for_ever, out, err, {**self.site.environ, "HOME": str(self.site.home)}, self.site.url, self.sow
        )
        return runner.Runner(process, out, err)

    def strike(self, owner: str | None) -> None:
        """One fault, more often than not against the run's owner."""
        self._wake_some()
        owning = self._slot_of(owner) if owner else None
        slot = owning if owning is not None and self.chance.random() < 0.8 else self.chance.randrange(self.size)
        if slot in self._frozen:
            self._wake(slot)
            return
        assert self._crew[slot].is_running(), f"a runner ended by itself:\n{self._crew[slot].err.read_text()}"
        self.owners_struck += slot == owning
        if self.chance.random() < 0.5:
            self._crew[slot].end()
            self._crew[slot] = self._start()
            self.kills += 1
        else:
            self._crew[slot].signal(signal.SIGSTOP)
            self._frozen[slot] = time.monotonic() + self.chance.uniform(0, 3) * LEASE_SECONDS
            self.freezes += 1

    def calm(self) -> None:
        """All awake."""
        for slot in list(self._frozen):
            self._wake(slot)

    def said(self) -> str:
        """What the runners complained of, the last of it."""
        reported = [one.err.read_text().splitlines()[-3:] for one in self._crew if one.err.exists()]
        return "\n".join(line for lines in reported for line in lines)

    def _slot_of(self, owner: str) -> int | None:
        for slot, one in enumerate(self._crew):
            if one.out.read_text() == owner:
                return slot
        return None

    def _wake_some(self) -> None:
        for slot, until in list(self._frozen.items()):
            if time.monotonic() > until:
                self._wake(slot)

    def _wake(self, slot: int) -> None:
        del self._frozen[slot]
        os.kill(self._crew[slot].pid, signal.SIGCONT)

"""Four runners that share runs while they are killed and frozen at random."""

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

# Far shorter than a configuration may say, so that new owners come often; false takeovers are welcome here.
LEASE_SECONDS, BEAT_SECONDS = 0.4, 0.1
_IDLE_SECONDS = 0.03


def run_forever(out: Path, err: Path, environ: Mapping[str, str], url: str) -> None:
    """Runs whenever there is something to do, as a timer would, until it is killed."""
    from etl.engine import open_runtime
    from etl.errors import EtlError

    prepare_process(out, err, environ)
    runner.shorten_pauses()
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
class RunnerPool:
    """Runners by their slot; a killed one is replaced at once. `chance` decides everything."""

    site: Site
    chance: random.Random
    size: int = 4
    kills: int = 0
    freezes: int = 0
    owner_faults: int = 0
    _runners: list[runner.Runner] = field(default_factory=list)
    _frozen: dict[int, float] = field(default_factory=dict)
    _started: int = 0

    def __enter__(self) -> "RunnerPool":
        self._runners = [self._start() for _ in range(self.size)]
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._runners:
            one.end()

    @property
    def faults(self) -> int:
        return self.kills + self.freezes

    def _start(self) -> runner.Runner:
        self._started += 1
        out, err = (self.site.home / f"pool{self._started}.{kind}" for kind in ("owner", "err"))
        out.touch()
        process = fork(run_forever, out, err, {**self.site.environ, "HOME": str(self.site.home)}, self.site.url)
        return runner.Runner(process, out, err)

    def inject_fault(self, owner: str | None) -> None:
        """Kills or freezes one runner, mostly the run's owner."""
        self._wake_some()
        owning = self._slot_of(owner) if owner else None
        slot = owning if owning is not None and self.chance.random() < 0.8 else self.chance.randrange(self.size)
        if slot in self._frozen:
            self._wake(slot)
            return
        assert self._runners[slot].is_running(), f"a runner ended by itself:\n{self._runners[slot].err.read_text()}"
        self.owner_faults += slot == owning
        if self.chance.random() < 0.5:
            self._runners[slot].end()
            self._runners[slot] = self._start()
            self.kills += 1
        else:
            self._runners[slot].signal(signal.SIGSTOP)
            self._frozen[slot] = time.monotonic() + self.chance.uniform(0, 3) * LEASE_SECONDS
            self.freezes += 1

    def wake_all(self) -> None:
        for slot in list(self._frozen):
            self._wake(slot)

    def last_errors(self) -> str:
        """The last lines of each runner's errors."""
        reported = [one.err.read_text().splitlines()[-3:] for one in self._runners if one.err.exists()]
        return "\n".join(line for lines in reported for line in lines)

    def _slot_of(self, owner: str) -> int | None:
        for slot, one in enumerate(self._runners):
            if one.out.read_text() == owner:
                return slot
        return None

    def _wake_some(self) -> None:
        for slot, until in list(self._frozen.items()):
            if time.monotonic() > until:
                self._wake(slot)

    def _wake(self, slot: int) -> None:
        del self._frozen[slot]
        os.kill(self._runners[slot].pid, signal.SIGCONT)

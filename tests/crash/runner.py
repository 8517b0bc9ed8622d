"""The real command in a forked, warmed-up process: killed by real signals, but without a second of start-up each."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.fix_company import PATIENCE_SECONDS, Ended
from tests.forked import fork, prepare_process

# Changes the code in the runner's process before it starts: an injected fault, shorter pauses.
Injection = Callable[[], None]


@dataclass(frozen=True)
class Runner:
    """A started process and where it writes."""

    process: ForkServerProcess
    out: Path
    err: Path
    patience: float = PATIENCE_SECONDS

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def is_running(self) -> bool:
        """Whether it has not ended; a stopped one runs too."""
        return self.process.exitcode is None

    def ended(self) -> Ended:
        """Waits for its end; one that does not come to it is killed and fails the test."""
        self.process.join(self.patience)
        if self.process.exitcode is None:
            self.end()
            raise AssertionError(f"the runner has not ended; it said:\n{self.err.read_text()}")
        code = self.process.exitcode
        self.process.close()
        return Ended(code, self.out.read_text(), self.err.read_text())

    def end(self) -> None:
        """Kills it, frozen or not, if it still lives."""
        if self.process._popen is not None and self.process.exitcode is None:  # type: ignore[attr-defined]
            self.process.kill()
            self.process.join()


def start(
    folder: Path, environ: Mapping[str, str], inject: Injection | None, *arguments: str, start_barrier: Any = None
) -> Runner:
    """Starts `etl <arguments>` with a clean environment."""
    number = len(list(folder.glob("*.out")))
    out, err = folder / f"{number}.out", folder / f"{number}.err"
    out.touch()
    return Runner(fork(_main, out, err, dict(environ), inject, arguments, start_barrier), out, err)


def _main(
    out: Path,
    err: Path,
    environ: Mapping[str, str],
    inject: Injection | None,
    arguments: tuple[str, ...],
    start_barrier: Any,
) -> None:
    from etl import cli

    prepare_process(out, err, environ)
    sys.argv = ["etl", *arguments]
    shorten_pauses()
    if inject:
        inject()
    if start_barrier:
        start_barrier.wait()
    cli.main()


def shorten_pauses() -> None:
    """The server is there all the time: the waits between attempts need not be long."""
    from etl.runs import error_class

    for meaning, backoffs in error_class._BACKOFFS.items():
        error_class._BACKOFFS[meaning] = tuple(
            one if one.is_outage else replace(one, first=one.first / 50, longest=one.longest / 50) for one in backoffs
        )


def inject_all(injections: tuple[Injection, ...]) -> None:
    """One after the other."""
    for inject in injections:
        inject()


def expire_all_leases() -> None:
    """For this process every lease has run out; nothing is written for that, so no lock of a frozen owner matters."""
    module: Any = importlib.import_module("etl.sources.in_tables.handshake.run_state")
    decide = module.decide
    module.decide = lambda *seen, lease_seconds, **words: decide(*seen, lease_seconds=-1, **words)

"""Processes forked from a server that has imported `etl` and read its statements: none takes a second to start."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["pytest", "tests.fix_company", "tests.forked.warm"])


def fork(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process of its own, whose end the caller awaits."""
    process = _forks.Process(target=target, args=arguments, daemon=True)
    process.start()
    # Else a start in another thread would look after this one too, and take the exit code away from who waits for it.
    multiprocessing.process._children.discard(process)  # type: ignore[attr-defined]
    return process


def barrier(parties: int) -> Any:
    """Where this many forks wait for each other."""
    return _forks.Barrier(parties)


def prepare_process(out: Path | Connection, err: Path | Connection, environ: Mapping[str, str]) -> None:
    """The process's own output, files or pipes, and environment."""
    _redirect("stdout", out)
    _redirect("stderr", err)
    os.environ.clear()
    os.environ.update({"PATH": os.defpath, "LANG": "C.UTF-8", **environ})
    time.tzset()  # of TZ


def _redirect(name: str, place: Path | Connection) -> None:
    number = getattr(sys, name).fileno()
    if isinstance(place, Path):
        os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
        return
    os.dup2(place.fileno(), number)
    place.close()
    # A new stream: the one that is there takes its file for one in which it may seek.
    stream = os.fdopen(number, "w", encoding="utf-8", closefd=False)
    stream.reconfigure(line_buffering=name == "stderr")
    setattr(sys, name, stream)


def command(
    out: Path | Connection,
    err: Path | Connection,
    environ: Mapping[str, str],
    folder: Path,
    arguments: tuple[str, ...],
) -> None:
    """`etl <arguments>` in a folder: the whole of a fork."""
    from etl import cli

    prepare_process(out, err, environ)
    os.chdir(folder)
    sys.argv = ["etl", *arguments]
    cli.main()

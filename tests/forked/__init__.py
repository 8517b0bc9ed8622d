"""Processes forked from a server that has imported `etl` and read its statements: none takes a second to start."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
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


def prepare_process(out: Path, err: Path, environ: Mapping[str, str]) -> None:
    """The process's own output and environment."""
    for path, stream in ((out, sys.stdout), (err, sys.stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream.fileno())
    os.environ.clear()
    os.environ.update({"PATH": os.defpath, "LANG": "C.UTF-8", **environ})


def command(out: Path, err: Path, environ: Mapping[str, str], folder: Path, arguments: tuple[str, ...]) -> None:
    """`etl <arguments>` in a folder: the whole of a fork."""
    from etl import cli

    prepare_process(out, err, environ)
    os.chdir(folder)
    sys.argv = ["etl", *arguments]
    cli.main()

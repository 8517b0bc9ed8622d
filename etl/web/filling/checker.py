"""Checks uploads in the background: their files in a process of its own, then their keys in the database."""

import logging
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from etl.database import cancel_thread, encoding_of, rollback_transaction
from etl.engine import Runtime
from etl.errors import EnvironmentFault, EtlError
from etl.files import (
    CheckedTable,
    FileFormat,
    Keys,
    StagedRows,
    find_table,
    in_tables,
    is_of_a_row,
    take_out_refused,
    try_staged,
)
from etl.files.check_process import (
    ORDER,
    RESULT,
    CheckOrder,
    CheckResult,
    ProcessLimits,
    rejects_path,
    rows_path,
)
from etl.web.filling.spool import Spool
from etl.web.filling.upload import Check, FilledTable, Step, Upload
from etl.web.problems import RequestProblem
from etl.web.roles import Role

_log = logging.getLogger("etl.web")

OpenRuntime = Callable[[str, Role, str], AbstractContextManager[Runtime]]
"""(company, role of a viewer, application_name) -> a runtime that may write what the role may."""

_AT_ONCE: Final = 2
_MEMORY_BYTES: Final = 2 << 30
_PROCESSOR_SECONDS: Final = 900
# The rows of a packed file are far larger than the file.
_MOST_GROWTH: Final = 16
_PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH")
_CANCEL_SECONDS: Final = 2.0
_ENDED_BY_US: Final = "its check took too long, or needed more memory than it may have: give it in parts"
_FAULT: Final = "its check ended by a fault of the program: the log has more"


@dataclass
class _Running:
    """A check that is being made. `thread`: the one that makes it, once it has begun."""

    done: int = 0
    size: int = 0
    is_cancelled: bool = False
    is_ended: bool = False
    thread: int = 0
    process: "subprocess.Popen[str] | None" = field(default=None, repr=False)


class Checker:
    """The checks of one process. One that a stop interrupts is made again after the next start."""

    def __init__(self, spool: Spool, open_runtime: OpenRuntime) -> None:
        self._spool, self._open_runtime = spool, open_runtime
        self._pool = ThreadPoolExecutor(_AT_ONCE, "check")
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._is_over = False

    def start(self, upload: Upload) -> None:
        """Begins to check it, unless that is being done."""
        with self._lock:
            if upload.token in self._running or self._is_over:
                return
            running = self._running[upload.token] = _Running()
            self._pool.submit(self._perform, upload.token, upload.company, running)

    def resume(self) -> None:
        """Begins the checks that another process has not ended."""
        for upload in self._spool.uploads():
            if upload.step is Step.CHECKING:
                self.start(upload)

    def progress(self, token: str) -> tuple[int, int] | None:
        """(how much of the file has been read, of how much); None where this process does not check it."""
        running = self._running.get(token)
        return (running.done, running.size) if running else None

    def cancel(self, upload: Upload) -> bool:
        """Ends a check of this process; returns whether there is one. One that has not begun never does."""
        running = self._running.get(upload.token)
        if running is None:
            return False
        running.is_cancelled = True
        if running.thread:
            self._stop(running)
            return True
        with self._spool.locked(upload.token):
            self._forget(upload.token, running)
            check = Check(id=secrets.token_hex(8), ended_at=datetime.now(UTC), is_cancelled=True)
            self._spool.save(upload.model_copy(update={"check": check}))
        return True

    def end(self) -> None:
        """Ends all checks; their uploads wait for the next start."""
        with self._lock:
            self._is_over = True
            left = list(self._running.values())
        for running in left:
            running.is_ended = True
            self._stop(running)
        self._pool.shutdown(cancel_futures=True)

    def _stop(self, running: _Running) -> None:
        with self._lock:
            process, thread = running.process, running.thread
        if process:
            with suppress(ProcessLookupError):
                process.kill()
        elif thread:
            cancel_thread(thread, _CANCEL_SECONDS)

    def _perform(self, token: str, company: str, running: _Running) -> None:
        running.thread = threading.get_ident()
        try:
            with self._spool.locked(token):
                try:
                    upload = self._spool.find(company, token)
                    if self._running.get(token) is running and upload.step is Step.CHECKING:
                        self._check(upload, running)
                finally:
                    # While it is locked: who wants it checked again needs the lock, and then finds none running.
                    self._forget(token, running)
        except RequestProblem as problem:
            _log.info("upload %s is not checked: %s", token, problem)
        except Exception:
            _log.exception("upload %s: a fault of the program", token)
        finally:
            self._forget(token, running)

    def _forget(self, token: str, running: _Running) -> None:
        with self._lock:
            if self._running.get(token) is running:
                del self._running[token]

    def _check(self, upload: Upload, running: _Running) -> None:
        number = secrets.token_hex(8)
        folder = self._spool.folder_of(upload)
        for earlier in folder.glob("check-*"):
            shutil.rmtree(earlier, ignore_errors=True)
        own = folder / f"check-{number}"
        own.mkdir(mode=0o700)
        tables: tuple[FilledTable, ...] = ()
        error = ""
        try:
            if not running.is_cancelled and not running.is_ended:
                tables, error = self._found(upload, own, running)
        except (EtlError, OSError) as fault:
            error = str(fault)
        except Exception:
            _log.exception("upload %s: a fault of the program", upload.token)
            error = f"{upload.file_name}: {_FAULT}"
        if running.is_ended:
            return
        if error or running.is_cancelled:
            shutil.rmtree(own, ignore_errors=True)
        ended = {"id": number, "ended_at": datetime.now(UTC), "is_cancelled": running.is_cancelled}
        check = Check(**ended) if running.is_cancelled else Check(**ended, tables=tables, error=error)
        try:
            self._spool.save(upload.model_copy(update={"check": check}))
        except OSError as full:
            # Without its result it would seem to be checked for ever.
            _log.warning("upload %s is removed, as the spool has no space for its state: %s", upload.token, full)
            self._spool.remove(upload.token)

    def _found(self, upload: Upload, folder: Path, running: _Running) -> tuple[tuple[FilledTable, ...], str]:
        with self._open_runtime(upload.company, upload.role, f"etl-web:check:{upload.token[:8]}") as runtime:
            with rollback_transaction(runtime.engine) as connection:
                encoding = encoding_of(connection)
            order = self._order(upload, folder, runtime, encoding)
            result = self._run(order, running)
            if result.trace:
                _log.error("upload %s: a fault of the program:\n%s", upload.token, result.trace)
                return (), f"{upload.file_name}: {_FAULT}"
            if result.error or running.is_cancelled or running.is_ended:
                return (), result.error
            return tuple(_with_keys(runtime, order, number, one) for number, one in enumerate(result.tables)), ""

    def _order(self, upload: Upload, folder: Path, runtime: Runtime, encoding: str) -> CheckOrder:
        settings = self._spool.settings
        free = shutil.disk_usage(folder).free - settings.kept_free_bytes
        written = max(0, min(free, _MOST_GROWTH * settings.most_bytes))
        return CheckOrder(
            path=self._spool.folder_of(upload) / upload.stored,
            name=upload.file_name,
            folder=folder,
            table=upload.table,
            file_format=FileFormat(encoding=upload.encoding, delimiter=upload.delimiter, sheet=upload.sheet),
            tables=in_tables(runtime.company),
            max_value_bytes=runtime.settings.in_migration.max_value_bytes,
            encoding=encoding,
            limits=ProcessLimits(_MEMORY_BYTES, _PROCESSOR_SECONDS, written),
        )

    def _run(self, order: CheckOrder, running: _Running) -> CheckResult:
        """Starts the process, follows it to its end, and returns what it says last."""
        environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        command = [sys.executable, "-P", "-m", "etl.files.check_process"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        # A session of its own: Ctrl-C in a terminal is for the server, which then ends it.
        process = subprocess.Popen(command, env=environ, cwd="/", start_new_session=True, text=True, **pipes)
        with self._lock:
            running.process = process
        if running.is_cancelled or running.is_ended:
            process.kill()
        result = None
        with process, suppress(BrokenPipeError):
            process.stdin.write(ORDER.dump_json(order).decode())  # type: ignore[union-attr]
            process.stdin.close()  # type: ignore[union-attr]
            for line in process.stdout or ():
                kind, _, rest = line.partition(" ")
                if kind == "p":
                    running.done, running.size = map(int, rest.split())
                elif kind == "r":
                    result = RESULT.validate_json(rest)
        with self._lock:
            running.process = None
        return result or CheckResult(error=f"{order.name}: {_ENDED_BY_US}")


def _with_keys(runtime: Runtime, order: CheckOrder, number: int, found: CheckedTable) -> FilledTable:
    """With what its keys say, after a trial in the database that is rolled back."""
    table = find_table(order.tables, found.table)
    staged = StagedRows(rows_path(order.folder, number), found.source, table, found.columns)
    taken_out = 0
    try:
        keys = _keys(runtime, staged)
    except EnvironmentFault as fault:
        if not is_of_a_row(fault.sqlstate):
            raise
        rejects = rejects_path(order.folder, number)
        taken_out = take_out_refused(runtime.engine, runtime.in_schema, staged, rejects)
        keys = _keys(runtime, staged)
    counts = {"rows": found.rows - taken_out, "rejected": found.rejected + taken_out}
    return FilledTable(**vars(found) | counts, known=keys.known, repeated=keys.repeated)


def _keys(runtime: Runtime, staged: StagedRows) -> Keys:
    with rollback_transaction(runtime.engine) as connection:
        return try_staged(connection, runtime.in_schema, staged)

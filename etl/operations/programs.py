"""PostgreSQL's own programs: found, and started without a secret in their arguments."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from etl.database import IGNORED_VARIABLES, Access
from etl.errors import ConfigurationError, EnvironmentFault
from etl.private_files import new_private_file

VARIABLE: Final = "ETL_POSTGRES_PROGRAMS"
NAMES: Final = ("pg_dump", "pg_restore", "psql")
# Where packages of Debian and of Red Hat install them, each major version in a folder of its own.
_INSTALLED: Final = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"))
_BLOCK = 1 << 20
_LOCK_SECONDS = 60
_ERROR_LINES = 5
# pg_dump writes it before anything else, and servers before 17 do not know it.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Programs:
    """pg_dump, pg_restore and psql of one major version."""

    folder: Path
    version: int

    @classmethod
    def found(cls, version: int, *, named: str = "", environ: Mapping[str, str] = os.environ) -> "Programs":
        """Those in the folder `named`, else the newest of those on the path, of the system's packages and of the
        embedded PostgreSQL. `version`: the major version of a server to dump, or of what wrote a dump. Raises
        ConfigurationError when there are none, or only older ones.
        """
        folders = [Path(named)] if named else _folders(environ)
        known = [one for one in map(_in_folder, folders) if one]
        if not known:
            raise ConfigurationError(
                f"{named} lacks one of {', '.join(NAMES)}: name the folder of PostgreSQL's programs, version {version} "
                "or newer"
                if named
                else f"{', '.join(NAMES)} are not found: install PostgreSQL's client programs, of version {version} or "
                f"newer (Debian: postgresql-client), or name their folder in {VARIABLE}"
            )
        newest = max(known, key=lambda one: one.version)
        if newest.version < version:
            raise ConfigurationError(
                f"pg_dump in {newest.folder} is of version {newest.version}, and version {version} is needed: install "
                f"PostgreSQL's client programs of version {version} or newer, or name their folder in {VARIABLE}"
            )
        return newest

    def start_dump(
        self,
        access: Access,
        schemas: Iterable[str],
        snapshot: str,
        file: Path,
        *,
        before_write: Callable[[], None] = lambda: None,
    ) -> "RunningDump":
        """Dumps schemas as a snapshot sees them into a new file, which only its owner can read. What `before_write`
        raises ends the dump."""
        arguments = ["--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={_LOCK_SECONDS}s"]
        arguments += ["--strict-names", *(f'--schema="{one}"' for one in schemas)]
        command = [str(self.folder / "pg_dump"), *arguments]
        return RunningDump(_start(command, libpq_environ(access), stdin=False), file, before_write)

    def restore(self, access: Access, file: Path, server: int, *, then: str, privileges: bool) -> None:
        """Restores a dump into a server of that major version, in one transaction whose last statements are those of
        `then`. The role that connects owns what is made.

        Raises EnvironmentFault with what the programs say; then nothing was restored.
        """
        options = ["--no-owner"] + ([] if privileges else ["--no-privileges"])
        reading = [str(self.folder / "pg_restore"), *options, "--file=-", str(file)]
        writing = [str(self.folder / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse"]
        environ = libpq_environ(access)
        with (
            _running(_start(reading, environ, stdin=False)) as reader,
            _running(_start([*writing, "-o", os.devnull], environ, stdin=True)) as writer,
        ):
            # psql executes what it has read when its input ends, so that without this commit all is rolled back.
            try:
                writer.write(b"begin;\n")
                for block in _known_settings(reader.blocks(), server):
                    writer.write(block)
                reader.check()
                writer.write(f"\n{then}\ncommit;\n".encode())
            except BrokenPipeError:
                reader.kill()
            writer.check()


@dataclass
class _Program:
    """A started program. What it says on its error output is kept in a file, so that it never waits for a reader."""

    name: str
    process: "subprocess.Popen[bytes]"
    complaints: IO[bytes] = field(repr=False)

    def blocks(self) -> Iterator[bytes]:
        output = self.process.stdout
        while output and (block := output.read(_BLOCK)):
            yield block

    def write(self, block: bytes) -> None:
        if self.process.stdin:
            self.process.stdin.write(block)

    def check(self) -> None:
        """Waits for its end. Raises EnvironmentFault when it has failed."""
        if self.process.stdin:
            with suppress(BrokenPipeError):  # its exit code says why
                self.process.stdin.close()
        if self.process.wait():
            raise EnvironmentFault(f"{self.name} has failed: {self._last_lines()}")

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()
        self.complaints.close()

    def _last_lines(self) -> str:
        self.complaints.seek(0)
        lines = [line.strip() for line in self.complaints.read().decode(errors="replace").splitlines() if line.strip()]
        return "\n".join(lines[-_ERROR_LINES:]) or f"exit code {self.process.returncode}"


class RunningDump:
    """A pg_dump whose output a thread writes into a file. It ends when this process does: nothing reads it then."""

    def __init__(self, program: _Program, file: Path, before_write: Callable[[], None]) -> None:
        self.file = file
        self.size = 0
        self._before_write = before_write
        self._program = program
        self._digest = hashlib.sha256()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._write, name=f"dump {file.name}", daemon=True)
        self._thread.start()

    def _write(self) -> None:
        try:
            with new_private_file(self.file) as target:
                for block in self._program.blocks():
                    self._before_write()
                    target.write(block)
                    self._digest.update(block)
                    self.size += len(block)
                target.flush()
                os.fsync(target.fileno())
            self._program.check()
        except OSError as fault:
            self._fault = EnvironmentFault(
                f"{self.file} cannot be written: {fault.strerror}: free or choose other space"
            )
        except Exception as fault:
            self._fault = fault

    def finish(self) -> str:
        """Waits for its end, and returns the SHA-256 of the file. Raises what has gone wrong."""
        self._thread.join()
        if self._fault:
            raise self._fault
        return self._digest.hexdigest()

    def stop(self) -> None:
        """Ends it, whatever it has written."""
        if self._program.process.poll() is None:
            self._program.process.kill()
        self._thread.join()
        self._program.kill()


def _start(command: list[str], environ: Mapping[str, str], *, stdin: bool) -> _Program:
    complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the program)
    reads, writes = (subprocess.PIPE, subprocess.DEVNULL) if stdin else (subprocess.DEVNULL, subprocess.PIPE)
    try:
        process = subprocess.Popen(
            command, env={**environ, "LC_ALL": "C"}, stdin=reads, stdout=writes, stderr=complaints
        )
    except OSError as fault:
        complaints.close()
        raise EnvironmentFault(f"{command[0]} cannot be started: {fault.strerror}") from fault
    return _Program(Path(command[0]).name, process, complaints)


@contextmanager
def _running(program: _Program) -> Iterator[_Program]:
    try:
        yield program
    finally:
        program.kill()


def libpq_environ(access: Access) -> dict[str, str]:
    """How libpq reaches a database: names and password are in no argument, which every user of the machine can read."""
    found = {name: value for name, value in os.environ.items() if name not in IGNORED_VARIABLES}
    named = {
        "PGHOST": access.host,
        "PGPORT": str(access.port),
        "PGDATABASE": access.database,
        "PGUSER": access.username,
        "PGPASSWORD": access.password,
        "PGSSLMODE": access.sslmode,
    }
    given = {name: value for name, value in named.items() if value}
    return {**found, **given, "PGAPPNAME": "etl", "PGCONNECT_TIMEOUT": "10"}


def _known_settings(blocks: Iterator[bytes], server: int) -> Iterator[bytes]:
    """The script without the setting that older servers do not know; it is among the first lines."""
    first = next(blocks, b"")
    yield first.replace(_UNKNOWN_BEFORE_17, b"", 1) if server < 17 else first
    yield from blocks


def _folders(environ: Mapping[str, str]) -> list[Path]:
    on_path = shutil.which(NAMES[0], path=environ.get("PATH"))
    found = [Path(on_path).parent] if on_path else []
    for base, pattern in _INSTALLED:
        found += sorted(Path(base).glob(pattern))
    try:
        from etl.embedded import packaged_binaries

        found.append(packaged_binaries())
    except ConfigurationError:
        pass  # the embedded PostgreSQL is not installed
    return found


def _in_folder(folder: Path) -> Programs | None:
    if not all(os.access(folder / name, os.X_OK) for name in NAMES):
        return None
    try:
        done = subprocess.run([folder / NAMES[0], "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = _VERSION.search(done.stdout)
    return Programs(folder, int(found[1])) if found else None

"""Time syncs with Active Directory beside the directory's own client: `make bench-directory`, `make nightly`.

Variables: BENCH_ROWS (5000 people), BENCH_REPEATS (3), BENCH_JSON (a file), BENCH_FOLDER (where server and domain keep
their data meanwhile). With --check the exit code is 1 where a value is over its bound: docs/speed.md. Needs what
scripts/directory needs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

from etl.engine import open_runtime
from etl.engine.directory import directory_source, sync
from etl.settings import DirectorySettings
from etl.sources.directory.filters import GROUPS, users_filter
from etl.sources.directory.mapping import read_attributes
from etl.sources.directory.read import DirectoryRead
from scripts.bench.directory.company import DATABASE, make
from scripts.bench.engine import run_etl
from scripts.bench.server import Server, empty_server
from scripts.domain import Controller
from scripts.services import alone, stop

# How often the time of the directory's own client, seconds of processor, bytes.
BOUNDS: Final = {"read_ratio": 3.0, "merge_cpu_seconds": 2.0, "rss_bytes": 150_000_000}
_OF_GROUPS: Final = ("objectGUID", "objectSid", "memberOf")

Measured = dict[str, float]


@dataclass
class Known:
    """A directory that has been read already."""

    read: DirectoryRead

    def read_all(self) -> DirectoryRead:
        return self.read

    def read_one(self, login: str) -> DirectoryRead:
        raise NotImplementedError

    def dns_of(self, guids: Any) -> dict[str, str]:
        return {}


def main() -> int:
    people, repeats = int(_variable("BENCH_ROWS", "5000")), int(_variable("BENCH_REPEATS", "3"))
    with _domain(people) as config, empty_server() as server:
        home = make(server, config)
        first = run_etl(home, "ad", "sync", expected=(1,))
        rounds = [_round(server, home) for _ in range(repeats)]
        changed = _rounds_with_changes(server, home)
    found = {name: median(one[name] for one in rounds) for name in rounds[0]} | changed
    found |= {
        "first_seconds": first.seconds,
        "first_cpu_seconds": first.cpu_seconds,
        "first_rss_bytes": first.rss_bytes,
    }
    for name, value in found.items():
        print(f"{name:24} {value:14,.3f}")
    if chosen := _variable("BENCH_JSON", ""):
        Path(chosen).write_text(json.dumps({"people": people, **found}, indent=2) + "\n", encoding="utf-8")
    over = [f"{name} is {found[name]:,.2f}, over {bound:,}" for name, bound in BOUNDS.items() if found[name] > bound]
    print(*over, sep="\n", file=sys.stderr)
    return 1 if over and "--check" in sys.argv[1:] else 0


def _round(server: Server, home: Path) -> Measured:
    """One after the other: the client alone, the same read by etl, its merge when nothing differs, the command."""
    url = f"file:{home / 'config'}"
    with open_runtime(url, None, {}) as runtime:
        client = _client(runtime.settings.directory)
        source = directory_source(runtime)
        wall, cpu = time.monotonic(), time.process_time()
        read = source.directory.read_all()
        reading = {"read_seconds": time.monotonic() - wall, "read_cpu_seconds": time.process_time() - cpu}
    merging = _merge(server, url, read)
    command = run_etl(home, "ad", "sync", expected=(1,))
    of_command = {"sync_seconds": command.seconds, "sync_cpu_seconds": command.cpu_seconds}
    ratio = {"read_ratio": reading["read_seconds"] / client["client_seconds"]}
    return {**client, **reading, **ratio, **merging, **of_command, "rss_bytes": float(command.rss_bytes)}


def _merge(server: Server, url: str, read: DirectoryRead, name: str = "merge") -> Measured:
    """A sync of what has been read, of which nothing differs: this process and the server's sessions."""
    before = server.processor_seconds()
    with open_runtime(url, None, {}) as runtime:
        source = replace(directory_source(runtime), directory=Known(read))
        wall, cpu = time.monotonic(), time.process_time()
        sync(runtime, source, accept=True)
        own = {f"{name}_seconds": time.monotonic() - wall, f"{name}_own_cpu_seconds": time.process_time() - cpu}
    server.await_end(DATABASE)
    own[f"{name}_cpu_seconds"] = own[f"{name}_own_cpu_seconds"] + server.processor_seconds() - before
    return own


def _rounds_with_changes(server: Server, home: Path) -> Measured:
    """One person in a hundred has another surname; then all have the former ones again."""
    url = f"file:{home / 'config'}"
    with open_runtime(url, None, {}) as runtime:
        read = directory_source(runtime).directory.read_all()
    entries = [
        replace(one, values={**(one.values or {}), "surname": "Changed"}) if number % 100 == 0 else one
        for number, one in enumerate(read.entries)
    ]
    found = _merge(server, url, replace(read, entries=entries), "changed_1")
    _merge(server, url, read)
    return found


def _client(settings: DirectorySettings) -> Measured:
    """What ldapsearch takes for the same accounts and groups with the same attributes."""
    common = ("ldapsearch", "-x", "-LLL", "-H", f"ldaps://{settings.hosts[0]}", "-E", "pr=1000/noprompt")
    signed_in = ("-D", settings.username, "-w", settings.password.get_secret_value(), "-b", settings.base)
    questions = (
        (users_filter(settings.user_filter), *read_attributes(settings)),
        (GROUPS, *_OF_GROUPS),
    )
    began, before = time.monotonic(), os.times()
    for question in questions:
        environ = {**os.environ, "LDAPTLS_CACERT": settings.ca_file}
        subprocess.run([*common, *signed_in, *question], env=environ, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    taken = after.children_user + after.children_system - before.children_user - before.children_system
    return {"client_seconds": time.monotonic() - began, "client_cpu_seconds": taken}


@contextmanager
def _domain(people: int) -> Iterator[str]:
    """Lines of configs/AdConfig.txt for a domain of this size."""
    os.environ["TDB_NO_FSYNC"] = "1"
    with tempfile.TemporaryDirectory(prefix="etl-bench-", dir=os.environ.get("BENCH_FOLDER") or None) as name:
        controller = Controller(Path(name))
        try:
            with alone(controller.folder):
                controller.start(people=people, hardened=False)
            yield controller.config
        finally:
            stop([controller])


def _variable(name: str, default: str) -> str:
    return os.environ.get(name) or default


if __name__ == "__main__":
    sys.exit(main())

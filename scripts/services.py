"""What the scripts that start services for tests and trials share: Debian's packages in a private folder, programs in
the background, certificates, locks, ports.

Packages that the machine lacks are unpacked into .services/ of the checkout, by root as by any other user.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Never

SERVICES = Path(__file__).resolve().parent.parent / ".services"
UNPACKED = SERVICES / "packages"
# It lies there while packages are being unpacked: found later, the folder is half made.
_UNPACKING = SERVICES / "unpacking"
JAVA_PACKAGE = "default-jre-headless"

READY_SECONDS, _STOP_SECONDS = 90, 10


class Program:
    """A service in the background: its folder has the settings, whose path is a word of its command, log and process
    number."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        self.settings, self._log, self._pid = (folder / name for name in (settings, "log", "pid"))

    def launch(self, *words: str) -> "subprocess.Popen[bytes]":
        """Starts it with this command."""
        with open(self._log, "w") as log:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._pid.write_text(f"{process.pid}\n")
        return process

    @property
    def pid(self) -> int:
        """The number of its process, 0 while it does not run: a number may have gone to another program since, so only
        a command line with our settings counts."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid.read_text())
            if os.fsencode(self.settings) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
        return 0

    def log(self) -> str:
        """The end of what it said."""
        return self._log.read_text(errors="replace")[-5000:] if self._log.exists() else ""

    def has_said(self, text: str) -> bool:
        """Whether the process of now has said this."""
        return bool(self.pid) and text.encode() in self._log.read_bytes()

    def send(self, number: int) -> int:
        """Sends a signal, if it runs; the number of the process."""
        if pid := self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid


def stop(programs: Collection[Program], *signals: int) -> None:
    """Ends programs, and waits for that; without signals first politely."""
    for number in signals or (signal.SIGTERM, signal.SIGKILL):
        for pid in [program.send(number) for program in programs]:
            wait_for(partial(_has_ended, pid), _STOP_SECONDS)


def _has_ended(pid: int) -> bool:
    """Whether the process has closed its files, its ports among them: before, its command line is gone, and then its
    first thread."""
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state in "ZX" and len(list(Path(f"/proc/{pid}/task").iterdir())) <= 1
    return True


def wait_for(is_so: Callable[[], bool], seconds: float) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while not (true := is_so()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return true


def run(*command: object, environ: dict[str, str] | None = None) -> None:
    """Runs a command to its end; its output is shown only when it fails, which ends the script."""
    words = [str(word) for word in command]
    whole = {**os.environ, "LC_ALL": "C", **(environ or {})}
    done = subprocess.run(words, env=whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"{' '.join(words)} failed with {done.returncode}:\n{done.stdout}{done.stderr}")


def fail(message: str) -> Never:
    """Ends the script with a message for a person."""
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def java() -> Path | None:
    """The program `java`, unpacked here or of the machine."""
    return first(*UNPACKED.glob("usr/lib/jvm/*/bin/java"), Path(shutil.which("java") or ""))


def first(*paths: Path) -> Path | None:
    """The first of the paths at which a file lies, unless the folder of unpacked packages is half made."""
    whole = (path for path in paths if not (_UNPACKING.exists() and path.is_relative_to(UNPACKED)))
    return next((path for path in whole if path.is_file()), None)


def install(found: Callable[[], dict[str, Path | None]], advice: str) -> None:
    """Unpacks the packages of which `found` finds no file; the advice is for machines without apt."""
    missing = [package for package, file in found().items() if not file]
    if not missing:
        return
    if not shutil.which("apt-get"):
        fail(f"this machine lacks {' and '.join(missing)} and has no apt-get: {advice}")
    _unpack(missing)
    if lacking := [package for package, file in found().items() if not file]:
        fail(f"{' and '.join(lacking)} is unpacked, but its file is not there")


def _unpack(packages: list[str]) -> None:
    """What apt would install, fetched with apt's sources into private folders."""
    print(f"{Path(sys.argv[0]).name}: unpacking {' and '.join(packages)} into {UNPACKED}", file=sys.stderr, flush=True)
    if _UNPACKING.exists():
        shutil.rmtree(UNPACKED, ignore_errors=True)
    _UNPACKING.touch()
    state, cache = SERVICES / "apt/state", SERVICES / "apt/cache"
    shutil.rmtree(SERVICES / "apt", ignore_errors=True)
    for folder in (state / "lists/partial", cache / "archives/partial"):
        folder.mkdir(parents=True)
    options = (f"Dir::State={state}", "Dir::State::status=/var/lib/dpkg/status", f"Dir::Cache={cache}")
    apt = ["apt-get", "-qq", *(f"-o{one}" for one in (*options, "Debug::NoLocking=1", "APT::Sandbox::User=root"))]
    run(*apt, "update")
    run(*apt, "install", "-y", "--download-only", "--no-install-recommends", *packages)
    for package in sorted((cache / "archives").glob("*.deb")):
        run("dpkg", "-x", package, UNPACKED)
    _restore_links()
    shutil.rmtree(SERVICES / "apt")
    _UNPACKING.unlink()


def _restore_links() -> None:
    """Absolute links (a JRE's settings lie in /etc) shall point into the folder, and those to a package that the
    machine has already out of it."""
    for link in UNPACKED.rglob("*"):
        if not link.is_symlink():
            continue
        meant = Path(os.path.normpath(Path("/") / link.parent.relative_to(UNPACKED) / os.readlink(link)))
        for target in (UNPACKED / meant.relative_to("/"), meant):
            if target.exists():
                link.unlink()
                link.symlink_to(target)
                break


def make_certificates(folder: Path) -> None:
    """An authority, a server's certificate for the loopback address, a client's; all as PEM."""
    folder.mkdir()
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30")
    ca, key = folder / "ca.pem", folder / "ca.key"
    run(*made, "-subj", "/CN=ca", "-out", ca, "-keyout", key)
    signed = (*made, "-CA", ca, "-CAkey", key, "-extensions", "usr_cert", "-addext", "subjectAltName=IP:127.0.0.1")
    for name in ("server", "client"):
        run(*signed, "-subj", f"/CN={name}", "-out", folder / f"{name}.pem", "-keyout", folder / f"{name}.key")
    both = [(folder / f"server.{kind}").read_text() for kind in ("key", "pem")]
    (folder / "server-and-key.pem").write_text("".join(both))


def free_ports(count: int) -> list[int]:
    """This number of free ports of the loopback address."""
    with contextlib.ExitStack() as probes:
        opened = [probes.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in opened]


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two commands at once take turns."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

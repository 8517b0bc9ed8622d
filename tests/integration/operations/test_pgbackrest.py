"""A backup by a real pgBackRest: the server is lost, and restored to the moment of the backup."""

import json
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from scripts.postgresql import binaries
from scripts.services import SERVICES, UNPACKED, alone, first, install
from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CLAIMS, STORE, new_site, partner_of, until
from tests.fix_database import LOOPBACK, SESSIONS, create_database
from tests.fix_restore import done
from tests.integration.operations.test_restore import filled, what_there_is

PAGE = CHECKOUT / "docs/backup.md"
NAME = "pgbackrest"

# As the server's account: root makes the backup here, and that account archives the log.
_WRAPPER = """#!/bin/sh
set -- {program} --config={config} "$@"
if [ "$(id -u)" = 0 ]; then exec setpriv --reuid={uid} --regid={gid} --clear-groups "$@"; fi
exec "$@"
"""


def pgbackrest() -> Path:
    """The machine's, or Debian's package, unpacked into .services/ of the checkout."""

    def found() -> dict[str, Path | None]:
        return {NAME: first(Path(shutil.which(NAME) or ""), UNPACKED / "usr/bin" / NAME)}

    with alone(SERVICES):
        install(found, f"install the package {NAME}")
    program = found()[NAME]
    assert program
    return program


class Kept:
    """A server whose log pgBackRest archives, in a folder that its account may enter."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server((LOOPBACK, 0)) as probe:
            port = probe.getsockname()[1]
        self.programs, self.repository = folder / "programs", folder / "repository"
        self.programs.mkdir()
        settings = {
            "port": str(port),
            "listen_addresses": LOOPBACK,
            "archive_mode": "on",
            "archive_command": f"{self.programs / NAME} --stanza=main archive-push %p",
        }
        # The newest that Debian's pgBackRest knows is 15.
        self.server = EmbeddedServer(folder / "server", binaries=binaries("14"), settings=settings)
        self.server.start()
        owner = self.server.data.stat()
        self.repository.mkdir()
        os.chown(self.repository, owner.st_uid, owner.st_gid)
        config = self.programs / "pgbackrest.conf"
        config.write_text(
            f"[global]\nrepo1-path={self.repository}\nrepo1-retention-full=2\nlock-path={self.repository}/locks\n"
            f"log-path={self.repository}\nstart-fast=y\n"
            f"[main]\npg1-path={self.server.data}\npg1-socket-path={self.server.socket_dir}\npg1-port={port}\n"
            "pg1-user=postgres\n"
        )
        program = shutil.copy(pgbackrest(), self.programs / "program")
        wrapper = _WRAPPER.format(uid=owner.st_uid, gid=owner.st_gid, program=program, config=config)
        (self.programs / NAME).write_text(wrapper)
        (self.programs / NAME).chmod(0o755)
        self("--stanza=main", "stanza-create")

    def __call__(self, *words: str) -> None:
        answer = subprocess.run([self.programs / NAME, *words], capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stdout + answer.stderr

    def lose(self) -> None:
        """The server's data are gone."""
        data = self.server.data
        self.server.stop()
        for path in data.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@pytest.fixture
def kept(open_folder: Path) -> Iterator[Kept]:
    made = Kept(open_folder)
    yield made
    made.server.stop()


@pytest.mark.nightly
def test_a_server_is_restored_to_the_moment_of_the_backup(kept: Kept, tmp_path: Path) -> None:
    lines = [shlex.split(line) for block in blocks(PAGE) for line in block.lines if NAME in line]
    [by] = [words[1:] for words in lines if words[0] == "etl"]
    [restoring] = [words[1:] for words in lines if words[0] == NAME]
    site = filled(new_site(create_database(kept.server, "kept"), tmp_path, CLAIMS))
    site.look(f"grant execute on function pg_create_restore_point(text), pg_switch_wal() to {site.engine_role}")
    path = f"{kept.programs}:{os.environ['PATH']}"
    by = [word.replace("$HOME", str(site.home)) for word in by]
    made = json.loads(done(site.etl(*by, "--json", PATH=path)).out)
    before = what_there_is(site)
    site.partner.fill("in_client", {"in_id": "c9", "name": "After the backup"})
    site.partner.hand_over()
    done(site.etl("run"))
    assert what_there_is(site) != before

    site.partner.session.close()
    SESSIONS.close_all(str(kept.server.socket_dir))
    kept.lose()
    kept(*(word.replace("$POINT", made["restore_point"]) for word in restoring))
    kept.server.start()
    until(lambda: not site.value("select pg_is_in_recovery()"), "the server is at the restore point")
    for words in (("restore", "--hold"), ("verify",), ("restore", "--activate")):
        done(site.etl(*words))
    site.partner = partner_of(site.database)
    assert what_there_is(site) == before
    site.partner.fill("in_client", {"in_id": "late", "name": "Came late"})
    site.partner.hand_over()
    done(site.etl("run"))
    assert (site.count(f"{STORE}.bo_client"), site.count(f"{STORE}.boi_reference")) == (4, 0)
    site.partner.session.close()

"""Disks of a server that become full: what was begun leaves nothing, says how much is missing, and is done later."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, ended
from tests.fix_database import LOOPBACK, binaries
from tests.fix_restore import done, drop_database, empty_database, moved

MIB = 1 << 20
# What the tables of a backup take is not written to the log, so that the disk is full of them.
_SETTINGS = {"wal_level": "minimal", "max_wal_senders": "0", "listen_addresses": LOOPBACK, "fsync": "off"}
SCHEMAS = "select nspname from pg_namespace where nspname ~ '^(in_tables|store_|out_)'"


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


def leave(disk: Path, free: int) -> None:
    """The disk is made so large that this is free."""
    status = os.statvfs(disk)
    resize(disk, (status.f_blocks - status.f_bfree) * status.f_frsize + free)


@pytest.fixture
def disk(open_folder: Path) -> Iterator[Path]:
    """Of its own, which every account may enter."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1g,mode=777", "tmpfs", str(open_folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a small disk")
    yield open_folder
    subprocess.run(["umount", "--lazy", open_folder], check=True)


@pytest.fixture
def there(make_site: MakeSite, disk: Path) -> Iterator[Site]:
    """An empty company on a server of that disk, and a backup for it of some 60 MiB."""
    site = make_site(CLAIMS)
    rows = "select 'c' || n, md5(n::text) || md5((n + 0.5)::text) from generate_series(1, 300000) n"
    site.partner(f"insert into in_client (in_id, name) {rows}")
    done(site.etl("backup", "-o", "backup"))
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    with ExitStack() as stack:
        settings = {**_SETTINGS, "port": str(port)}
        server = stack.enter_context(EmbeddedServer(disk / "etl", binaries=binaries(), settings=settings))
        database = empty_database(site, site.database, server)
        stack.callback(drop_database, database)
        there = stack.enter_context(moved(site, [database], site.home))
        there.look(f"grant pg_read_all_settings to {site.engine_role}")  # where its disk is
        yield there


@pytest.mark.nightly
@ONLY_ONE
def test_a_restore_an_upgrade_and_a_fill_on_a_disk_that_becomes_full(there: Site, disk: Path) -> None:
    leave(disk, 20 * MIB)
    refused = there.etl("restore", "backup")
    assert (refused.code, "No space left on device" in refused.err) == (4, True), refused
    assert there.look(SCHEMAS) == []
    resize(disk, 1 << 30)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    there.look("delete from in_tables.in_client where in_id <> 'c1'")
    there.partner.hand_over()
    done(there.etl("run"))

    leave(disk, 200 * MIB)
    checked = there.etl("upgrade", "check")
    assert (checked.code, " MiB that stay free" in checked.out) == (4, True), checked
    refused = there.etl("upgrade", "start")
    assert (refused.code, "and 256 MiB are kept free: make room" in refused.err) == (4, True), refused
    assert there.look(f"select state from {STORE}.online_change") == [{"state": "filling"}]
    resize(disk, 1 << 30)
    assert there.etl("upgrade", "check").code == 1  # there is no backup of it
    done(there.etl("upgrade", "start"))
    done(there.etl("upgrade", "switch"))


@ONLY_ONE
def test_a_drill_without_room_for_its_server(make_site: MakeSite, disk: Path) -> None:
    site = make_site(CLAIMS)
    done(site.etl("backup", "-o", "backup"))
    resize(disk, 16 * MIB)
    refused = ended(site.start_program("restore", "--drill", "backup", TMPDIR=str(disk)))
    assert (refused.code, "No space left on device" in refused.err) == (4, True), refused
    assert list(disk.glob("etl-drill-*")) == []

"""A disk that is full: a small file system of its own, filled to the last byte, on which a golden table lies."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fix_company import STORE, Site

_TABLE, _INDEX = f"{STORE}.bo_Client", f"{STORE}.bo_client_pkey"


@contextmanager
def full_disk(site: Site, folder: Path) -> Iterator[bool]:
    """The golden table of clients cannot grow; at the end it can. `folder` is one that every account may enter.

    False where no file system may be mounted, which takes root and its capabilities.
    """
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield False
        return
    space = f"full_{site.store_database.name}"
    try:
        (folder / "space").mkdir()
        os.chown(folder / "space", *_owner_of_server(site))
        site.look(f"create tablespace {space} location '{folder / 'space'}'", at=site.store_database)
        _move(site, space)
        with (folder / "filler").open("wb", buffering=0) as filler:
            _fill(filler.fileno())
        yield True
        (folder / "filler").unlink()
        _move(site, "pg_default")
        site.look(f"drop tablespace {space}", at=site.store_database)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _move(site: Site, space: str) -> None:
    site.look(f"alter table {_TABLE} set tablespace {space}", at=site.store_database)
    site.look(f"alter index {_INDEX} set tablespace {space}", at=site.store_database)


def _fill(file: int) -> None:
    try:
        while True:
            os.write(file, b"\0" * 4096)
    except OSError:
        return


def _owner_of_server(site: Site) -> tuple[int, int]:
    status = Path(str(site.value("select current_setting('data_directory')", at=site.store_database))).stat()
    return status.st_uid, status.st_gid

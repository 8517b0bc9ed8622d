"""Settings of a server of another major version: carried over as far as the new one knows them."""

import re
import shutil

from etl.embedded.cluster import Cluster

_FILES = ("postgresql.conf", "postgresql.auto.conf")
_SETTING = re.compile(r"\s*([a-zA-Z_][a-zA-Z_.0-9]*)\s*(?:=|\s)\s*\S")
# initdb has written them for the new one.
_OWN = ("datestyle", "default_text_search_config", "dynamic_shared_memory_type", "lc_", "log_timezone", "timezone")


def carry_settings(old: Cluster, new: Cluster) -> None:
    """Appends the settings of the old server that the new one does not have, and copies who may connect."""
    for name in _FILES:
        source, target = old.data / name, new.data / name
        if source.is_file():
            there = {line.strip() for line in _settings(target.read_text().splitlines())}
            lines = [line for line in _settings(source.read_text().splitlines()) if line.strip() not in there]
            known = [line for line in lines if _is_known(new, line)]
            with target.open("a") as file:
                file.writelines(f"{line}\n" for line in known)
    shutil.copyfile(old.data / "pg_hba.conf", new.data / "pg_hba.conf")


def _settings(lines: list[str]) -> list[str]:
    return [line for line in lines if _SETTING.match(line) and not _key(line).startswith(_OWN)]


def _key(line: str) -> str:
    found = _SETTING.match(line)
    return found[1].lower() if found else ""


def _is_known(cluster: Cluster, line: str) -> bool:
    done = cluster.account.run(cluster.binaries / "postgres", "-C", _key(line), "-D", cluster.data, timeout=60)
    return done.returncode == 0

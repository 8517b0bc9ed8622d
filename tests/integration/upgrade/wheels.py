"""Wheels that are built from commits of this repository."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
MIGRATIONS = CHECKOUT / "etl/store/migrations"


def git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit_before_newest_migration() -> str:
    """The last commit without the newest migration of the store. The test is skipped where there is no history, or
    only the newest part of it; a whole history without that commit is a failure."""
    if not (CHECKOUT / ".git").exists():
        pytest.skip("this is not a clone of the repository, so that no wheel can be built from an older commit")
    newest = max(MIGRATIONS.glob("*.sql"))
    added = git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest))
    parents = git("log", "-1", "--format=%P", added).split() if added else []
    if parents:
        return parents[0]
    if git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip(f"this clone has no history from before {newest.name}: `git fetch --unshallow`, then try again")
    pytest.fail(f"the history has no commit that adds {newest.name}: commit it, then try again")


def built(commit: str, folders: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of a commit; built once in a test process."""
    folder = folders.getbasetemp() / "wheels" / commit[:12]
    if not folder.exists():
        sources = folders.mktemp("sources")
        packed = sources / "sources.tar"
        git("archive", "--output", str(packed), commit)
        subprocess.run(["tar", "-xf", packed, "-C", sources], check=True)
        command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(sources)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder

"""Which of PostgreSQL's programs are taken, and what is said when there are none."""

from pathlib import Path

import pytest

from etl.database import Access
from etl.errors import ConfigurationError, EnvironmentFault
from etl.operations.programs import NAMES, Programs, _known_settings


def programs(folder: Path, version: str, *names: str) -> Path:
    folder.mkdir()
    for name in names or NAMES:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        file.chmod(0o755)
    return folder


def test_the_named_folder_counts_alone(tmp_path: Path) -> None:
    old, new = programs(tmp_path / "old", "15.3"), programs(tmp_path / "new", "99.1 (some packaging)")
    assert Programs.found(14, named=str(old)) == Programs(old, 15)
    assert Programs.found(15, environ={"PATH": str(new)}) == Programs(new, 99)


def test_older_ones_are_refused_with_what_to_do(tmp_path: Path) -> None:
    old = programs(tmp_path / "old", "15.3")
    with pytest.raises(ConfigurationError, match=r"is of version 15, and version 16 is needed: install"):
        Programs.found(16, named=str(old))


def test_a_folder_without_one_of_them_is_refused(tmp_path: Path) -> None:
    half = programs(tmp_path / "half", "18.1", "pg_dump", "psql")
    with pytest.raises(ConfigurationError, match=r"half lacks one of pg_dump, pg_restore, psql: name the folder"):
        Programs.found(16, named=str(half))


def test_programs_that_cannot_be_run_or_say_no_version_are_passed_by(tmp_path: Path) -> None:
    good, silent = programs(tmp_path / "good", "99.1"), programs(tmp_path / "silent", "of no number")
    for name in NAMES:
        (silent / name).write_text("#!/nowhere\n")
    for folder in (silent, programs(tmp_path / "none", "of no number")):
        with pytest.raises(ConfigurationError, match="lacks one of pg_dump, pg_restore, psql"):
            Programs.found(16, named=str(folder))
    assert Programs.found(16, environ={"PATH": f"{tmp_path / 'nowhere'}:{good}"}) == Programs(good, 99)


def test_a_setting_that_older_servers_do_not_know_is_left_out() -> None:
    script = [b"SET x = 1;\nSET transaction_timeout = 0;\n", b"SET transaction_timeout = 0;\n"]
    assert list(_known_settings(iter(script), 17)) == script
    assert list(_known_settings(iter(script), 16)) == [b"SET x = 1;\n", script[1]]
    assert list(_known_settings(iter([]), 16)) == [b""]


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    """What it has written stays a file that its owner alone can read; the rows of its complaint are the last ones."""
    folder = programs(tmp_path / "failing", "99.1")
    (folder / "pg_dump").write_text("#!/bin/sh\necho some; for n in 1 2 3 4 5 6; do echo line $n >&2; done; exit 3\n")
    access = Access("127.0.0.1", 9, "d", "u")
    dump = Programs(folder, 99).start_dump(access, ["s"], "00-1", tmp_path / "d.dump")
    with pytest.raises(EnvironmentFault, match=r"^pg_dump has failed: line 2\nline 3\nline 4\nline 5\nline 6$"):
        dump.finish()
    dump.stop()
    assert ((tmp_path / "d.dump").read_bytes(), (tmp_path / "d.dump").stat().st_mode & 0o777) == (b"some\n", 0o600)
    (folder / "pg_dump").write_text("#!/bin/sh\nexit 3\n")
    silent = Programs(folder, 99).start_dump(access, ["s"], "00-1", tmp_path / "e.dump")
    with pytest.raises(EnvironmentFault, match=r"^pg_dump has failed: exit code 3$"):
        silent.finish()
    silent.stop()


def test_space_that_cannot_be_written_and_a_program_that_is_gone(tmp_path: Path) -> None:
    folder, access = programs(tmp_path / "some", "99.1"), Access("127.0.0.1", 9, "d", "u")
    dump = Programs(folder, 99).start_dump(access, ["s"], "00-1", tmp_path / "nowhere" / "d.dump")
    with pytest.raises(EnvironmentFault, match="cannot be written: No such file or directory: free or choose other"):
        dump.finish()
    dump.stop()
    (folder / "pg_dump").unlink()
    with pytest.raises(EnvironmentFault, match="pg_dump cannot be started: No such file or directory"):
        Programs(folder, 99).start_dump(access, ["s"], "00-1", tmp_path / "d.dump")


def test_a_restore_whose_writer_ends_early_says_why(tmp_path: Path) -> None:
    folder, access = programs(tmp_path / "some", "99.1"), Access("127.0.0.1", 9, "d", "u")
    (folder / "pg_restore").write_text("#!/bin/sh\nexec head -c 4000000 /dev/zero\n")
    (folder / "psql").write_text("#!/bin/sh\necho no such database >&2; exit 2\n")
    with pytest.raises(EnvironmentFault, match=r"^psql has failed: no such database$"):
        Programs(folder, 99).restore(access, tmp_path / "d.dump", 18, then="select 1;", privileges=False)
    (folder / "psql").write_text(f"#!/bin/sh\nexec cat > {tmp_path / 'script'}\n")
    (folder / "pg_restore").write_text("#!/bin/sh\necho select 7\\;; echo no dump >&2; exit 1\n")
    with pytest.raises(EnvironmentFault, match=r"^pg_restore has failed: no dump$"):
        Programs(folder, 99).restore(access, tmp_path / "d.dump", 18, then="select 1;", privileges=True)
    script = tmp_path / "script"
    assert not script.exists() or "commit" not in script.read_text(), "what was executed is rolled back"

"""Log files on a real disk: rolled by size, by several processes at once, and never an obstacle."""

import fcntl
import gzip
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.logs.rolling_file import RollingFile
from tests.fix_company import until

WRITER = """
import logging, sys
from etl.logs.rolling_file import RollingFile
handler = RollingFile(sys.argv[1], 2000, 20)
for number in range(150):
    handler.handle(logging.LogRecord("x", 20, "", 1, f"{sys.argv[2]} {number:040d}", None, None))
"""


def write(handler: RollingFile, text: str) -> None:
    handler.handle(logging.LogRecord("x", logging.INFO, "", 1, text, None, None))


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[RollingFile]:
    made = RollingFile(str(tmp_path / "traces/x.log"), 100, 2)
    yield made
    made.close()


def test_a_full_file_is_rolled_and_the_oldest_goes(handler: RollingFile, tmp_path: Path) -> None:
    for number in range(4):
        write(handler, f"{number}" * 90)
    folder = tmp_path / "traces"
    packed = {path.name: gzip.decompress(path.read_bytes()).decode() for path in folder.glob("*.gz")}
    assert packed == {"x.1.log.gz": "2" * 90 + "\n", "x.2.log.gz": "1" * 90 + "\n"}
    assert (folder / "x.log").read_text() == "3" * 90 + "\n"
    assert (folder / "x.log").stat().st_mode & 0o777 == 0o640


def test_a_removed_file_is_made_again(handler: RollingFile, tmp_path: Path) -> None:
    write(handler, "one")
    (tmp_path / "traces/x.log").unlink()
    write(handler, "two")
    assert (tmp_path / "traces/x.log").read_text() == "two\n"


def test_processes_share_a_file_and_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "shared.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    texts = [path.read_text(), *(gzip.decompress(part.read_bytes()).decode() for part in tmp_path.glob("*.gz"))]
    lines = "".join(texts).splitlines()
    assert sorted(lines) == sorted(f"{name} {number:040d}" for name in "abc" for number in range(150))


def test_a_line_that_is_about_to_be_written_is_kept(handler: RollingFile, tmp_path: Path) -> None:
    """Another process is at the moment between its look at the file and its append, while this one rolls the file."""
    write(handler, "0" * 90)
    path = tmp_path / "traces/x.log"
    with path.open("ab", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        rolling = threading.Thread(target=write, args=(handler, "1" * 90))
        rolling.start()
        until(lambda: path.with_name(".x.log.rolling").exists(), "the file is rolled")
        other.write(b"late\n")
    rolling.join()
    assert gzip.decompress(path.with_name("x.1.log.gz").read_bytes()).decode() == "0" * 90 + "\nlate\n"
    assert path.read_text() == "1" * 90 + "\n"


def test_a_suspended_process_keeps_no_one(handler: RollingFile, tmp_path: Path) -> None:
    write(handler, "0" * 90)
    path = tmp_path / "traces/x.log"
    with path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        write(handler, "1" * 90)
        assert path.read_text() == "1" * 90 + "\n"


def test_a_disk_that_takes_nothing_stops_no_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    handler = RollingFile(str(tmp_path / "file/x.log"), 100, 2)
    write(handler, "one")
    write(handler, "two")
    assert capsys.readouterr().err == f"etl: {tmp_path}/file/x.log cannot be written: File exists\n"

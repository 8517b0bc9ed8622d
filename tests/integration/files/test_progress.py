"""A bar moves on a terminal, and nothing in a pipe (every other test looks at a pipe)."""

import os
import pty
import subprocess
import sys

from tests.integration.files.conftest import Desk


def on_terminal(desk: Desk, *arguments: str) -> str:
    """What a command draws on a terminal."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, **desk.site.environ, "ETL_CONFIG": desk.site.url, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "etl", *arguments]
    with subprocess.Popen(command, env=environ, cwd=desk.folder, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        drawn = b""
        try:
            while block := os.read(ours, 65536):
                drawn += block
        except OSError:
            pass  # how Linux says that the other end of a terminal is closed
    os.close(ours)
    assert process.returncode == 0, drawn
    return drawn.decode()


def test_a_bar_per_file_and_a_count_per_table(desk: Desk) -> None:
    desk.write("Client.csv", "in_id,Name\nc-1,x\n")
    drawn = on_terminal(desk, "fill", "--submit", "Client.csv")
    assert "Client.csv" in drawn
    assert "100%" in drawn
    assert desk.site.run().run
    assert "client: 1 rows" in on_terminal(desk, "export", "client", "-o", "out")
    assert on_terminal(desk, "export", "client", "-o", "out", "--json") == ""

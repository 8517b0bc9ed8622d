"""A bar moves on a terminal, and nothing in a pipe (every other test looks at a pipe)."""

import os
import pty
import subprocess
import sys

import pytest

from tests.integration.files.conftest import SqlClient


def on_terminal(client: SqlClient, *arguments: str) -> str:
    """What a command draws on a terminal."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, **client.site.environ, "ETL_CONFIG": client.site.url, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "etl", *arguments]
    with subprocess.Popen(command, env=environ, cwd=client.folder, stdout=subprocess.PIPE, stderr=theirs) as process:
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


@pytest.mark.nightly
def test_a_bar_per_file_and_a_count_per_table(client: SqlClient) -> None:
    client.write("Client.csv", "in_id,Name\nc-1,x\n")
    drawn = on_terminal(client, "fill", "--submit", "Client.csv")
    assert "Client.csv" in drawn
    assert "100%" in drawn
    assert client.site.run().run
    assert "client: 1 rows" in on_terminal(client, "export", "client", "-o", "out")
    assert on_terminal(client, "export", "client", "-o", "out", "--json") == ""

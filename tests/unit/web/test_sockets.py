"""Sockets that are opened, taken over, or refused."""

import os
import socket
from pathlib import Path

import pytest

from etl.errors import ConfigurationError, EnvironmentFault
from etl.web.sockets import Address, listening, passed_sockets


@pytest.mark.parametrize("count", ["", "many", "-1"])
def test_what_systemd_does_not_count_is_none(count: str) -> None:
    assert passed_sockets({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": count}) == []


def test_a_port_that_is_taken_opens_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(EnvironmentFault, match=f"127.0.0.1:{address.port}"), listening([address]):
            pytest.fail("nothing listens")


def test_a_file_that_is_no_socket_stays(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("kept")
    with (
        pytest.raises(ConfigurationError, match="no socket: choose another path"),
        listening([Address(path=str(path))]),
    ):
        pytest.fail("nothing listens")
    assert path.read_text() == "kept"


def test_a_socket_that_another_process_has_made_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "web"
    with listening([Address(path=str(path))]):
        path.unlink()
        path.write_text("of another process")
    assert path.read_text() == "of another process"
    with listening([Address(path=str(tmp_path / "own"))]):
        assert (tmp_path / "own").is_socket()
    assert not (tmp_path / "own").exists()

"""The demo's configuration is made again each time, and servers that are none are refused before anything is made."""

from pathlib import Path

import pytest

from etl.demo.kafka.topics import open_topics
from etl.demo.stage import _write_configuration
from etl.errors import ConfigurationError, EnvironmentFault


@pytest.mark.parametrize("servers", ["", "broker", "broker:", "a b:9092", "a:9092;b:9092"])
def test_servers_that_are_none(servers: str) -> None:
    with pytest.raises(ConfigurationError, match=r"names no broker: write host:port$"), open_topics(servers):
        pass


def test_the_configuration_is_made_again(tmp_path: Path) -> None:
    config = tmp_path / "config"
    _write_configuration(config, {})
    written = {path.relative_to(config): path.read_bytes() for path in config.rglob("*") if path.is_file()}
    assert written
    (config / "companies/demo/business-objects").mkdir(parents=True, exist_ok=True)
    (config / "companies/demo/business-objects/Mine.yaml").write_text("code: Mine")
    (config / next(iter(written))).write_text("changed")
    _write_configuration(config, {})
    assert {path.relative_to(config): path.read_bytes() for path in config.rglob("*") if path.is_file()} == written


def test_a_file_in_the_place_of_its_folder(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("mine")
    with pytest.raises(EnvironmentFault, match=r"config cannot be created again: Not a directory$"):
        _write_configuration(config, {})
    assert config.read_text() == "mine"

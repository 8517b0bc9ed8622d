"""The URL of a configuration, and the one that counts when none is given."""

import re
from pathlib import Path

import pytest

from etl.config import default_url, etl_home, open_source
from etl.config.address import ConfigAddress
from etl.errors import ConfigurationError


@pytest.mark.parametrize(
    ("url", "servers", "chroot"),
    [
        ("zookeeper://h:2181/mybpm", "h:2181", "/mybpm"),
        ("zookeeper://h", "h:2181", ""),
        ("zookeeper://h/", "h:2181", ""),
        ("zookeeper://h1:2181,h2:2182/mybpm_v1_3/", "h1:2181,h2:2182", "/mybpm_v1_3"),
        ("zookeeper://10.0.0.1,[::1]:99/a/b", "10.0.0.1:2181,[::1]:99", "/a/b"),
    ],
)
def test_zookeeper_url(url: str, servers: str, chroot: str) -> None:
    assert ConfigAddress.from_url(url) == ConfigAddress(servers, chroot)


def test_zookeeper_url_in_its_plain_form() -> None:
    assert ConfigAddress.from_url("zookeeper://h1,h2/mybpm/").url == "zookeeper://h1:2181,h2:2181/mybpm"
    assert ConfigAddress.from_url("zookeeper://h").url == "zookeeper://h:2181/"


@pytest.mark.parametrize(
    "url",
    [
        "zookeeper://",
        "zookeeper:///mybpm",
        "zookeeper://h:port/mybpm",
        "zookeeper://h:0/mybpm",
        "zookeeper://h:70000/mybpm",
        "zookeeper://h1,,h2/mybpm",
        "zookeeper://h//mybpm",
        "zookeeper://h/a/../b",
        "zookeeper://h ost/mybpm",
    ],
)
def test_faulty_zookeeper_url_says_how_to_write_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="write zookeeper://host:2181/mybpm"):
        open_source(url)


@pytest.mark.parametrize(
    "url",
    [
        "zookeeper://me:hunter2@h/mybpm",
        "zookeeper://:hunter2@h/mybpm",
        "zookeeper://me:hun@ter2@h/mybpm",
        "zookeeper://me:hun/ter2@h/mybpm",
        "zookeeper://@h/hunter2@",
        "zookeeper://me@h/mybpm?password=hunter2",
        "zookeeper://me@h/mybpm?auth=hunter2",
        "zookeeper://me@h/mybpm?tls=hunter2",
    ],
)
def test_password_in_a_zookeeper_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="ZooKeeper URL") as caught:
        open_source(url)
    assert not {"hunter2", "ter2"} & set(re.split(r"[^a-z0-9]+", str(caught.value)))


def test_a_user_and_options_are_no_part_of_the_url_that_is_shown() -> None:
    address = ConfigAddress.from_url(
        "zookeeper://me%40home@h1,h2:2182/mybpm?auth=sasl&ca=/ca.pem&cert=/c.pem&key=/c.key"
    )
    assert address == ConfigAddress(
        "h1:2181,h2:2182", "/mybpm", "me@home", "sasl", tls=True, ca="/ca.pem", cert="/c.pem", key="/c.key"
    )
    assert address.url == "zookeeper://h1:2181,h2:2182/mybpm"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ca=/ca.pem&tls=off", "ca in a ZooKeeper URL needs tls=on"),
        ("cert=/c.pem", "cert and key in a ZooKeeper URL belong together"),
        ("tsl=on", "no option 'tsl': known are auth, tls, ca, cert, key"),
    ],
)
def test_options_that_do_not_fit_are_refused(query: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        open_source(f"zookeeper://h/mybpm?{query}")


@pytest.mark.parametrize("url", ["", " ", "http://u:hunter2@h/x", "zk://h", "zookeeper:h:2181", "etcd://h"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="names no configuration: write file:") as caught:
        open_source(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["file:/etc/etl", "/etc/etl", "file:///etc/etl", "file:/etc/etl/"])
def test_directory_urls(url: str) -> None:
    assert open_source(url).url == "file:/etc/etl"


def test_relative_directory_becomes_absolute() -> None:
    assert open_source("conf").url == f"file:{Path.cwd() / 'conf'}"


def test_home_follows_the_environment() -> None:
    assert etl_home({"ETL_HOME": "/srv/etl", "XDG_DATA_HOME": "/data"}) == Path("/srv/etl")
    assert etl_home({"XDG_DATA_HOME": "/data"}) == Path("/data/etl")
    assert etl_home({}) in (Path("/var/lib/etl"), Path.home() / ".local/share/etl")
    assert etl_home({"XDG_DATA_HOME": "relative"}) == etl_home({})


def test_default_url() -> None:
    assert default_url({"ETL_CONFIG": "zookeeper://h/x"}) == "zookeeper://h/x"
    assert default_url({"ETL_CONFIG": " ", "ETL_HOME": "/srv/etl"}) == "file:/srv/etl/config"

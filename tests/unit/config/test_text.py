"""Which bytes are a text, and which names count."""

import pytest

from etl.config.text import LARGEST_TEXT, checked_path, decode, encode, is_ignored
from etl.errors import ConfigurationError

PLACE = "/etc/etl/configs/InMigrationConfig.txt"


def test_text_is_utf8() -> None:
    assert decode("key=значение\r\n".encode(), PLACE) == "key=значение\r\n"


def test_byte_order_mark_is_taken_off() -> None:
    assert decode("key=1\n".encode("utf-8-sig"), PLACE) == "key=1\n"


@pytest.mark.parametrize(
    ("data", "line", "sentence"),
    [
        (b"a=1\nb=\xff\n", 2, "is not UTF-8"),
        ("ключ=1".encode("cp1251"), 1, "is not UTF-8"),
        (b"\xef\xbb\xbfa=1\n\n\xc3", 3, "is not UTF-8"),
        ("a=1\n".encode("utf-16"), 1, "NUL"),
        (b"a=1\nb=2\nc=\x00", 3, "holds a NUL byte"),
    ],
)
def test_what_is_no_text_is_named_with_path_and_line(data: bytes, line: int, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        decode(data, PLACE)
    assert str(caught.value).startswith(f"{PLACE}:{line}: ")
    assert sentence in str(caught.value)


def test_largest_text_is_one_mebibyte() -> None:
    assert len(decode(b"#" * LARGEST_TEXT, PLACE)) == LARGEST_TEXT
    with pytest.raises(ConfigurationError, match=rf"{PLACE}: is larger than 1 MiB"):
        decode(b"#" * (LARGEST_TEXT + 1), PLACE)


@pytest.mark.parametrize("content", ["a=\0", "a=1\nb=\ud800", "#" * (LARGEST_TEXT + 1)])
def test_what_could_not_be_read_back_is_not_written(content: str) -> None:
    with pytest.raises(ConfigurationError, match=PLACE):
        encode(content, PLACE)


@pytest.mark.parametrize("name", [".git", ".x.swp", "InMigrationConfig.errors.txt", "..data"])
def test_ignored_names(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize(
    "path", ["", "/", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".x", "a/.b/c", "x.errors.txt", "a\nb", "a\0"]
)
def test_paths_outside_the_tree_are_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the path of a configuration text"):
        checked_path(path)


def test_paths_of_the_tree_pass() -> None:
    assert checked_path("companies/demo/business-objects/Client.yaml") == "companies/demo/business-objects/Client.yaml"

"""Compiled templates are kept between programs, in a folder of one account."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from etl.database.compiled_templates import compiled_templates


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CACHE_DIRECTORY", f"{tmp_path}:/nowhere")
    compiled_templates.cache_clear()
    yield tmp_path
    compiled_templates.cache_clear()


def _render(source: str = "answer {{ 6 * 7 }}", kind: str = "sql") -> str:
    environment = jinja2.Environment(
        loader=jinja2.DictLoader({"one.sql": source}), bytecode_cache=compiled_templates(kind)
    )
    return environment.get_template("one.sql").render()


def _folder(parent: Path) -> Path:
    return parent / f"etl-templates-{os.getuid()}"


def test_code_is_kept_in_a_folder_of_this_account(parent: Path) -> None:
    assert _render() == "answer 42"
    [kept] = _folder(parent).iterdir()
    assert _folder(parent).stat().st_mode & 0o777 == 0o700
    # What was kept is read: the word in it is found.
    kept.write_bytes(kept.read_bytes().replace(b"answer", b"number"))
    assert _render() == "number 42"


def test_a_changed_template_is_compiled_again() -> None:
    assert _render("{{ 1 }}") == "1"
    assert _render("{{ 2 }}") == "2"


@pytest.mark.parametrize("content", [b"", b"j2", b"no code at all" * 100])
def test_a_damaged_file_is_compiled_again(parent: Path, content: bytes) -> None:
    assert _render() == "answer 42"
    [kept] = _folder(parent).iterdir()
    kept.write_bytes(content)
    assert _render() == "answer 42"


def test_a_file_that_is_cut_off_is_compiled_again(parent: Path) -> None:
    assert _render() == "answer 42"
    [kept] = _folder(parent).iterdir()
    whole = kept.read_bytes()
    for length in range(0, len(whole), 7):
        kept.write_bytes(whole[:length])
        assert _render() == "answer 42"


def test_without_its_folder_it_is_compiled_each_time(parent: Path) -> None:
    assert _render() == "answer 42"
    shutil.rmtree(_folder(parent))
    assert _render() == "answer 42"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o755])
def test_a_folder_that_others_can_enter_is_not_used(parent: Path, mode: int) -> None:
    _folder(parent).mkdir()
    _folder(parent).chmod(mode)
    assert compiled_templates("sql") is None
    assert _render() == "answer 42"
    assert not list(_folder(parent).iterdir())


def test_a_link_to_a_folder_is_not_followed(parent: Path) -> None:
    elsewhere = parent / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    _folder(parent).symlink_to(elsewhere)
    assert compiled_templates("sql") is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another account")
def test_a_folder_of_another_account_is_not_used(parent: Path) -> None:
    _folder(parent).mkdir(mode=0o700)
    os.chown(_folder(parent), 65534, 65534)
    assert compiled_templates("sql") is None


def test_where_no_folder_can_be_made_there_is_none(parent: Path) -> None:
    _folder(parent).write_text("a file")
    assert compiled_templates("sql") is None

"""Compiled templates are kept between programs, in a folder of one account."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest

from etl.database.compiled_templates import compiled_templates, keep_compiled


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CACHE_DIRECTORY", f"{tmp_path}:/nowhere")
    compiled_templates.cache_clear()
    yield tmp_path
    compiled_templates.cache_clear()


def _render(source: str = "answer {{ 6 * 7 }}", kind: str = "sql", folder: str = "", **filters: Any) -> str:
    loader = jinja2.FunctionLoader(lambda name: (source, f"{folder}/{name}", lambda: True))
    environment = jinja2.Environment(loader=loader)
    keep_compiled(environment, kind)
    environment.filters.update(filters)
    return environment.get_template("one.sql").render()


def _folder(parent: Path) -> Path:
    return parent / f"etl-templates-{os.getuid()}"


def _kept(parent: Path) -> list[Path]:
    return list(_folder(parent).glob("sql-*"))


def _age(file: Path, days: float) -> float:
    """Lets a file have been written or read so long ago; returns that time."""
    then = time.time() - days * 24 * 60 * 60
    os.utime(file, (then, then))
    return then


def test_code_is_kept_in_a_folder_of_this_account(parent: Path) -> None:
    assert _render() == "answer 42"
    [kept] = _kept(parent)
    assert _folder(parent).stat().st_mode & 0o777 == 0o700
    # What was kept is read: the word in it is found.
    kept.write_bytes(kept.read_bytes().replace(b"answer", b"number"))
    assert _render() == "number 42"


def test_no_folder_for_temporary_files_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_DIRECTORY")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: ["/nowhere"])
    assert compiled_templates("sql") is None
    assert _render() == "answer 42"


def test_it_is_shared_by_checkouts(parent: Path) -> None:
    assert _render(folder="/one") == _render(folder="/other") == "answer 42"
    assert len(_kept(parent)) == 1


def test_what_filters_answer_is_no_part_of_it(parent: Path) -> None:
    source = "{{ 'a' | quoted }}{% if 'a' | quoted == 'a!' %}?{% endif %}"
    assert _render(source, quoted=lambda text: f"{text}!") == "a!?"
    assert _render(source, quoted=lambda text: f"<{text}>") == "<a>"
    assert len(_kept(parent)) == 1


def test_code_that_no_program_reads_is_removed(parent: Path) -> None:
    _render("{{ 1 }}")
    [unread] = _kept(parent)
    _render("{{ 2 }}")
    [read] = set(_kept(parent)) - {unread}
    for file in (unread, read):
        then = _age(file, days=6.5)
    _render("{{ 2 }}")
    assert read.stat().st_mtime > then
    _age(unread, days=7.5)
    _render("{{ 3 }}")
    assert unread.exists()  # it was looked through today
    _age(_folder(parent) / ".looked-through", days=1.5)
    _render("{{ 4 }}")
    assert not unread.exists()
    assert len(_kept(parent)) == 3


def test_a_changed_template_is_compiled_again() -> None:
    assert _render("{{ 1 }}") == "1"
    assert _render("{{ 2 }}") == "2"


@pytest.mark.parametrize("content", [b"", b"j2", b"no code at all" * 100])
def test_a_damaged_file_is_compiled_again(parent: Path, content: bytes) -> None:
    assert _render() == "answer 42"
    [kept] = _kept(parent)
    kept.write_bytes(content)
    assert _render() == "answer 42"


def test_a_file_that_is_cut_off_is_compiled_again(parent: Path) -> None:
    assert _render() == "answer 42"
    [kept] = _kept(parent)
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
    assert not _kept(parent)


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

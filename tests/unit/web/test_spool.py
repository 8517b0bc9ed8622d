"""Files that wait in the spool: whose they are, what was cut off or is held, a disk that is full or closed; how a body
of parts is received; the workbook of rejected rows."""

import asyncio
import errno
import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from etl.web.filling import receiving, reject_files
from etl.web.filling.receiving import Received, receive
from etl.web.filling.reject_files import book_of, first_rows, safe_copy
from etl.web.filling.spool import Spool, SpoolSettings
from etl.web.filling.upload import Upload
from etl.web.problems import RequestProblem
from etl.web.roles import Role

TOKEN = "t" * 22
UPLOAD = Upload(
    token=TOKEN,
    company="demo",
    owner="ann",
    role=Role.OPERATOR,
    file_name="Client.csv",
    stored="file.csv",
    bytes=3,
    digest="",
    received_at=datetime(2026, 1, 2, tzinfo=UTC),
)


@pytest.fixture
def settings(tmp_path: Path) -> SpoolSettings:
    return SpoolSettings(tmp_path / "spool", 1 << 20, 0, 600.0)


@pytest.fixture
def kept(settings: SpoolSettings) -> Spool:
    """A spool with one upload."""
    found = Spool(lambda: settings)
    folder = settings.folder / "uploads" / TOKEN
    folder.mkdir(parents=True)
    found.save(UPLOAD)
    return found


def refused(problem: pytest.ExceptionInfo[RequestProblem]) -> tuple[int, str]:
    return problem.value.answer.status, problem.value.answer.code


def test_an_upload_is_that_of_its_company_and_a_token_is_no_path(kept: Spool) -> None:
    assert kept.find("demo", TOKEN) == UPLOAD
    for company, token, status in (("other", TOKEN, 404), ("demo", "../x", 404), ("demo", "u" * 22, 410)):
        with pytest.raises(RequestProblem) as problem:
            kept.find(company, token)
        assert problem.value.answer.status == status
    for ask in (kept.drop_incoming, kept.remove):
        with pytest.raises(RequestProblem) as problem:
            ask("../uploads")
        assert problem.value.answer.status == 404
    assert [one.token for one in kept.uploads("demo", "ann")] == [TOKEN]
    assert kept.uploads("demo", "bob") == kept.uploads("other") == []


def test_what_was_cut_off_goes_in_time_and_what_is_held_stays(kept: Spool, settings: SpoolSettings) -> None:
    tokens = {}
    for name in ("cut off", "held", "new"):
        tokens[name], file = kept.new_incoming()
        os.close(file)
        if name != "new":
            os.utime(settings.folder / "incoming" / tokens[name], (1, 1))
    with kept.holding_incoming(tokens["held"]):
        kept.sweep()
        left = {path.name for path in (settings.folder / "incoming").iterdir()}
        assert left == {tokens["held"], tokens["new"]}
    assert kept.find("demo", TOKEN) == UPLOAD
    with kept.locked(TOKEN):
        os.utime(settings.folder / "uploads" / TOKEN / "state.json", (1, 1))
        kept.sweep()
        assert kept.find("demo", TOKEN) == UPLOAD, "something happens to it"
    kept.sweep()
    assert kept.uploads() == []


def test_a_spool_that_cannot_be_made_or_is_full(settings: SpoolSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.folder.write_text("")
    with pytest.raises(RequestProblem) as problem:
        Spool(lambda: settings).new_incoming()
    assert refused(problem) == (503, "configuration")
    assert str(settings.folder / "incoming") in problem.value.answer.detail
    with pytest.raises(RequestProblem) as problem:
        Spool(lambda: replace(settings, kept_free_bytes=1 << 60)).refuse_full_disk(1)
    assert refused(problem) == (507, "no_space")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(RequestProblem) as problem:
        Spool(lambda: settings).new_incoming()
    assert refused(problem) == (507, "no_space")


BOUNDARY = "b0"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def part(head: str, content: bytes) -> bytes:
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def named(name: str, file_name: str = "") -> str:
    return f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")


END = f"--{BOUNDARY}--\r\n".encode()


def received(kept: Spool, *blocks: bytes, kind: str = KIND) -> Received:
    async def body() -> AsyncIterator[bytes]:
        for block in blocks:
            yield block

    return asyncio.run(receive(kind, body(), kept))


def test_a_file_and_its_fields_in_blocks_of_any_size(
    kept: Spool, settings: SpoolSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_BLOCK_BYTES", 4)
    monkeypatch.setattr(receiving, "_BYTES_BETWEEN_CHECKS", 4)
    asked: list[int] = []
    monkeypatch.setattr(kept, "refuse_full_disk", asked.append)
    head = "\r\n".join(["Content-Type: text/csv", named("file", "data/Client.csv"), "X-Other: 1"])
    whole = part(named("table"), b"in_Client") + part(head, b"in_id\nc1\nc2\n") + END
    found = received(kept, *(whole[at : at + 3] for at in range(0, len(whole), 3)), b"")
    assert (found.name, found.bytes, found.fields) == ("Client.csv", 12, {"table": "in_Client"})
    assert (settings.folder / "incoming" / found.token).read_bytes() == b"in_id\nc1\nc2\n"
    assert asked != []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (part(named("other", "a.csv"), b"x") + END, "Send one file, in the field file."),
        (part(named("file", "a.csv"), b"x") * 2 + END, "Send one file, in the field file."),
        (part(named("table"), b"x") + END, "The field file is missing: choose a file."),
        (part(named("file", "a.csv"), b"x"), "The file was cut off, and nothing was kept."),
    ],
)
def test_bodies_without_one_whole_file_leave_nothing(
    kept: Spool, settings: SpoolSettings, body: bytes, said: str
) -> None:
    with pytest.raises(RequestProblem) as problem:
        received(kept, body)
    assert (problem.value.answer.status, problem.value.answer.detail) == (400, said)
    assert list((settings.folder / "incoming").iterdir()) == []


def test_a_sender_that_is_too_slow(kept: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "GRACE_SECONDS", -1.0)
    monkeypatch.setattr(receiving, "SLOWEST_BYTES_PER_SECOND", 1 << 40)
    with pytest.raises(RequestProblem) as problem:
        received(kept, part(named("file", "a.csv"), b"x") + END)
    assert refused(problem) == (408, "too_slow")


def test_a_copy_for_spreadsheets_is_made_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rejects = tmp_path / "rejects-0.csv"
    rejects.write_text('"file","2","name","=1+1","why"\n')

    def refuse(number: int) -> None:
        def fail(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(reject_files, "new_private_file", fail)

    refuse(errno.ENOSPC)
    with pytest.raises(RequestProblem) as problem:
        safe_copy(rejects)
    assert refused(problem) == (507, "no_space")
    refuse(errno.EACCES)
    with pytest.raises(PermissionError):
        safe_copy(rejects)
    monkeypatch.undo()
    assert sorted(tmp_path.iterdir()) == [rejects]
    copy = safe_copy(rejects)
    assert "'=1+1" in copy.read_text(encoding="utf-8-sig")
    rejects.write_text("changed")
    assert safe_copy(rejects) == copy
    assert "=1+1" in copy.read_text(encoding="utf-8-sig")


def test_a_workbook_of_rejected_rows_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["file", str(line), "", "", "why", "=1+1", "x" * 40_000, "\x01"] for line in range(5)]
    monkeypatch.setattr(reject_files, "_MOST_BOOK_CHARACTERS", 100_000)
    book = openpyxl.load_workbook(io.BytesIO(book_of([("in_Client", rows)])))
    found = list(book["in_Client"].iter_rows(values_only=True))
    assert [row[1] for row in found] == ["0", "1", "2"]
    assert found[0][4:] == ("why", "=1+1", "#N/A", "_x0001_")
    assert book["in_Client"]["F1"].data_type == "s"
    assert first_rows(tmp_path / "no such file", 3) == []

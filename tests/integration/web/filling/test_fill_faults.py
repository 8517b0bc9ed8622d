"""Bad files and bad senders: too large, too slow, cut off, a full disk, bombs, macros, encodings, hostile names."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.files import FileFormat, in_tables, known_suffix
from etl.files.check_process import CheckOrder, CheckResult, ProcessLimits, perform
from etl.metadata import parse_company
from etl.web import uploading
from etl.web.filling import checker, receiving, spool
from tests.fix_company import CLAIMS, Site, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb, Web
from tests.integration.files.sheets import header, text, workbook
from tests.integration.web.uploads import (
    API,
    FILL,
    KIND,
    act,
    body_of,
    checked,
    configure,
    filled,
    in_spool,
    send,
    uploaded,
)

GOOD = b"in_id,Name,Amount\nc1,Anna,1\n"
LARGE = b"in_id,Name\n" + b"c,x\n" * 400_000
HOSTILE_NAMES = (
    "../../../etc/Client.csv",
    "<script>alert(1)</script>.csv",
    "C:\\windows\\Client.csv",
    "=cmd|' /c calc'!A0.csv",
    "in_Client\u202egnp.csv",
    "x" * 300 + ".csv",
)

NO_TOKENS = ("..", "%2e%2e", "..%2f..%2fetc", "x" * 21 + "%00", "A" * 21 + "/")


def nothing_is_kept(site: Site) -> bool:
    return not [one for one in in_spool(site) if "/" in one]


def head(*lines: str) -> bytes:
    given = [f"POST {API} HTTP/1.1", "Host: localhost", "Sec-Fetch-Site: same-origin", f"Content-Type: {KIND}", *lines]
    return "\r\n".join([*given, "", ""]).encode()


def test_what_is_too_large_by_its_length_or_by_count(site: Site, web: Web) -> None:
    assert web.raw(head("Content-Length: 3000000")).startswith(b"HTTP/1.1 413")
    assert send(web, "Client.csv", LARGE).status == 413
    body = body_of("Client.csv", LARGE, key="k", table="in_Client")
    with socket.create_connection((LOOPBACK, web.port), timeout=30) as connection:
        connection.sendall(head("Transfer-Encoding: chunked"))
        for start in range(0, len(body), 65_536):
            block = body[start : start + 65_536]
            try:
                connection.sendall(f"{len(block):x}\r\n".encode() + block + b"\r\n")
            except OSError:
                break
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
    until(lambda: nothing_is_kept(site), "what was received is removed")


def test_a_body_that_is_cut_off_or_too_slow(site: Site, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    body = body_of("Client.csv", GOOD, key="k")
    web.raw(head(f"Content-Length: {len(body)}") + body[:-40], closes=True)
    until(lambda: nothing_is_kept(site), "what was received is removed")
    shortened = body[:-30]
    assert web.raw(head(f"Content-Length: {len(shortened)}", "Connection: close") + shortened).startswith(
        b"HTTP/1.1 400"
    )
    monkeypatch.setattr(receiving, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(receiving, "SLOWEST_BYTES_PER_SECOND", 1 << 40)
    assert send(web, "Client.csv", GOOD).status == 408
    until(lambda: nothing_is_kept(site), "what was received is removed")


def test_a_sender_has_a_share_of_the_disk(site: Site, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(web, "Client.csv", GOOD)
    monkeypatch.setattr(spool, "_MOST_OF_OWNER", 0)
    refused = send(web, "Client.csv", GOOD)
    assert (refused.status, refused.json["code"]) == (413, "too_many_uploads")


def test_some_of_the_disk_stays_free(site: Site, serve_web: ServeWeb) -> None:
    configure(site, spoolFreeMegabytes=900_000_000)
    refused = send(serve_web(site), "Client.csv", GOOD)
    assert (refused.status, refused.json["code"]) == (507, "no_space")
    assert in_spool(site) == []


@pytest.fixture
def small_disk(site: Site) -> Iterator[Path]:
    """The spool lies on a file system of 256 KiB."""
    folder = site.home / "spool"
    folder.mkdir()
    if os.geteuid():
        pytest.skip("who may not mount cannot fill a disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_fills_meanwhile(site: Site, web: Web, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The free space is asked for first: here it is taken by another after that.
    monkeypatch.setattr(spool, "SPACE_FACTOR", 0)
    refused = send(web, "Client.csv", LARGE[:1_000_000])
    assert (refused.status, refused.json["code"]) == (507, "no_space")
    assert nothing_is_kept(site)
    # The file has space, and the rows that fit have none.
    _, page = filled(web, "Client.csv", b"in_id,Name\n" + b"".join(b"%d,%s\n" % (n, b"x" * 50) for n in range(2_400)))
    assert page["upload"]["step"] == "failed"
    assert "more space" in page["error"]


def test_names_are_texts_and_tokens_are_no_paths(site: Site, web: Web) -> None:
    paths = [uploaded(send(web, name, GOOD, table="Client")) for name in HOSTILE_NAMES]
    assert [checked(web, path)["tables"][0]["rows"] for path in paths[:2]] == [1, 1]
    assert not [web.get(f"{API}/{token}").status for token in NO_TOKENS if web.get(f"{API}/{token}").status != 404]
    for path in paths:
        token = path.rpartition("/")[2]
        [stored] = [one for one in in_spool(site) if one.startswith(f"uploads/{token}/") and one.endswith(".csv")]
        assert stored in (f"uploads/{token}/in_Client.csv", f"uploads/{token}/upload.csv")
        html = web.get(f"{FILL}/{token}").text
        assert "<script>alert" not in html
        assert "\u202e" not in html
    listed = web.get(FILL).text
    assert "<script>alert" not in listed
    assert "\u202e" not in listed


def found_in(folder: Path, name: str, content: bytes, encoding: str = "utf-8") -> CheckResult:
    """What a check says of a file, in this process."""
    path = folder / f"in_Client{known_suffix(name)}"
    path.write_bytes(content)
    results = Path(tempfile.mkdtemp(dir=folder))
    tables = in_tables(parse_company("demo", CLAIMS))
    limits = ProcessLimits(1 << 40, 900, 1 << 40)
    return perform(CheckOrder(path, name, results, "", FileFormat(encoding), tables, 1 << 20, "UTF8", limits))


def test_kinds_that_are_not_read(site: Site, web: Web, tmp_path: Path) -> None:
    assert send(web, "Client.xls", b"x").status == 400
    assert send(web, "unknown.csv", GOOD).status == 400
    assert send(web, "Client.csv", GOOD, table="in_Nothing").status == 400
    book = workbook(tmp_path / "a.xlsx", header("in_id", "Name"))
    with_macros = workbook(tmp_path / "b.xlsx", header("in_id", "Name"), parts={"xl/vbaProject.bin": b"code"})
    old = b"\xd0\xcf\x11\xe0" + bytes(600)
    for name, content, why in (
        ("Client.xlsm", book.read_bytes(), "macros"),
        ("Client.xlsx", with_macros.read_bytes(), "macros"),
        ("Client.xlsx", old, "encrypted, or an old workbook"),
        ("Client.xlsx", b"PK\x03\x04 no archive", "is not an Excel workbook"),
        ("Client.csv.gz", b"\x1f\x8b\x08 cut", "cut off"),
        ("Client.parquet", b"PAR1 no parquet", "cannot be read"),
        ("Client.csv", b"", "is empty"),
        ("Client.csv", b"in_id,Nome\n", "did you mean"),
    ):
        error = found_in(tmp_path, name, content).error
        assert why in error, name
        assert error.startswith(name)
        assert str(tmp_path) not in error
    _, page = filled(web, "Client.xlsx", with_macros.read_bytes())
    assert (page["upload"]["step"], "macros" in page["error"]) == ("failed", True)


def test_bombs_and_what_needs_too_much(site: Site, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filler = b"<!--" + b"x" * 1_000_000 + b"-->"
    bomb = workbook(
        tmp_path / "a.xlsx", header("in_id"), parts={"xl/sharedStrings.xml": b"<sst>" + filler * 90 + b"</sst>"}
    )
    assert "as no table of data is" in found_in(tmp_path, "Client.xlsx", bomb.read_bytes()).error
    monkeypatch.setattr(checker, "_MEMORY_BYTES", 1 << 20)
    _, page = filled(web, "Client.csv", GOOD)
    assert "memory" in page["error"]
    monkeypatch.setattr(checker, "_MEMORY_BYTES", 2 << 30)
    monkeypatch.setattr(checker, "_PROCESSOR_SECONDS", 0)  # Linux makes a second of it
    rows = "".join(f'<row r="{line}">{text(f"A{line}", f"c{line}")}</row>' for line in range(2, 100_000))
    slow = workbook(tmp_path / "slow.xlsx", header("in_id") + rows)
    _, page = filled(web, "Client.xlsx", slow.read_bytes())
    assert "took too long" in page["error"]
    monkeypatch.setattr(checker, "_PROCESSOR_SECONDS", 900)
    monkeypatch.setattr(checker, "_MOST_GROWTH", 0)
    _, page = filled(web, "Client.csv", GOOD)
    assert "more space" in page["error"]
    assert site.count("in_tables.in_Client") == 0


@pytest.mark.nightly
def test_encodings(web: Web, tmp_path: Path) -> None:
    russian = "in_id,Name\nc1,Айгерим\n".encode("cp1251")
    path, page = filled(web, "Client.csv", russian)
    assert (page["tables"][0]["rows"], page["tables"][0]["rejected"]) == (0, 1)
    assert "is not in the encoding of the file" in page["tables"][0]["rejects"][0]["reason"]
    assert act(web, f"{path}/check", encoding="cp1251").status == 200
    assert checked(web, path)["tables"][0]["first_rows"] == [["c1", "Айгерим"]]
    assert "is not known" in found_in(tmp_path, "Client.csv", russian, encoding="no-such").error


def test_values_that_the_table_itself_refuses(site: Site, web: Web) -> None:
    site.look("alter table in_tables.in_Client add constraint small check (amount < 100)")
    path, page = filled(web, "Client.csv", GOOD + b'c2,"Timur\t\\N",500\n')
    [table] = page["tables"]
    assert (table["rows"], table["rejected"], table["rejects"][0]["line"]) == (1, 1, 3)
    assert 'violates check constraint "small"' in table["rejects"][0]["reason"]
    assert '"Timur\t\\N"' in web.get(f"{path}/rejects/0.csv").text
    site.look("alter table in_tables.in_Client add constraint smaller check (amount < 1)")
    refused = act(web, f"{path}/load", check=page["check"])
    assert (refused.status, "smaller" in refused.json["detail"]) == (409, True)
    assert site.count("in_tables.in_Client") == 0
    site.look("alter table in_tables.in_Client drop constraint smaller")
    assert act(web, f"{path}/load", check=page["check"]).json["values"]["rows"] == 1


def test_forms_that_are_none(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, body in (
        (KIND, b"no parts"),
        (KIND, body_of("", GOOD, key="k")),
        ("multipart/form-data", body_of("Client.csv", GOOD)),
        ("application/json", b"{}"),
        (KIND, body_of("Client.csv", GOOD, **{f"f{n}": "x" for n in range(30)})),
        (KIND, body_of("Client.csv", GOOD, key="x" * 20_000)),
    ):
        assert web.ask("POST", API, body, Content_Type=kind, Sec_Fetch_Site="same-origin").status == 400
    assert web.ask("POST", API, body_of("Client.csv", GOOD), Content_Type=KIND).status == 403
    with monkeypatch.context() as busy:
        busy.setattr(uploading, "MOST_AT_ONCE", 0)
        many = send(web, "Client.csv", GOOD)
        assert (many.status, many.headers["retry-after"]) == (503, "10")
    assert uploaded(send(web, "Client.csv", GOOD))

"""`etl fill`: what a file says comes into the table, and what does not fit comes back."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from etl.files import csv_source
from tests.integration.files.conftest import Desk


def test_a_file_named_as_its_table(desk: Desk) -> None:
    path = desk.write(
        "Client.csv",
        "in_id,name,AMOUNT,Born,Seen,Month,Active,Kind\n"
        'c-1,"Иванов, ""Ваня""",1500.25,2024-01-31,2024-01-31T10:00:00+05:00,2024-03,yes,new\n'
        'c-2,"",,,,,,\n'
        "c-3,,-1e3,2024-01-31 00:00,2024-01-31 10:00,2024-03-05,0,\n",
    )
    [told] = desk.fill(path)
    assert (told["table"], told["rows"], told["rejected"], told["rejects"]) == ("in_Client", 3, 0, None)
    born, seen, march = (
        datetime(2024, 1, 31, 5, tzinfo=UTC),
        datetime(2024, 1, 31, 5, tzinfo=UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
    )
    assert desk.rows("in_id, name, amount, born, seen, month, active, kind, in_status, removed") == [
        ("c-1", 'Иванов, "Ваня"', Decimal("1500.2500"), born, seen, march, True, "new", "", False),
        ("c-2", "", None, None, None, None, None, None, "", False),
        ("c-3", None, Decimal(-1000), born, seen.replace(hour=10), march.replace(day=5), False, None, "", False),
    ]


def test_bad_cells_go_to_a_file_that_can_be_corrected_and_filled(desk: Desk) -> None:
    path = desk.write(
        "clients.csv",
        "in_id;Name;Amount;Born;Active\n"
        'c-1;"two\nlines";1;2024-01-31;true\n'
        'c-2;x;"1 500,25";31.01.2024;maybe\n'
        ";nobody;1;;\n"
        "c-4;too;many;;cells;here\n"
        "c-5;good;2;;\n",
    )
    [told] = desk.fill("Client", path, code=1)
    assert (told["rows"], told["rejected"]) == (2, 3)
    assert desk.rows("in_id, name") == [("c-1", "two\nlines"), ("c-5", "good")]
    rejects = desk.folder / "clients.rejected.csv"
    assert told["rejects"] == str(rejects)
    with rejects.open(newline="") as file:
        rows = {row["rejected_line"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"4", "5", "6"}
    assert rows["4"]["rejected_column"] == "Amount; Born; Active"
    assert rows["4"]["rejected_value"] == "1 500,25; 31.01.2024; maybe"
    assert "decimal point" in rows["4"]["rejected_reason"]
    assert (rows["4"]["in_id"], rows["4"]["Name"]) == ("c-2", "x")
    assert "nothing says whose row" in rows["5"]["rejected_reason"]
    assert rows["6"]["rejected_value"] == "c-4;too;many;;cells;here"
    assert "6 cells" in rows["6"]["rejected_reason"]
    corrected = rejects.read_text().replace('"1 500,25","31.01.2024","maybe"', '"1500.25","2024-01-31","true"')
    rejects.write_text("".join(corrected.splitlines(keepends=True)[:2]))
    desk.fill("Client", rejects)
    assert desk.rows("in_id, amount", order="in_id")[1] == ("c-2", Decimal("1500.25"))


def test_names_are_checked_before_the_first_row(desk: Desk) -> None:
    good = desk.write("Client.csv", "in_id,Name\nc-1,x\n")
    bad = desk.write("Claim.csv", "in_id,Titel,id,Title,title\nk-1,x,1,y,z\n")
    said = desk.refused("fill", good, bad)
    assert (
        f"{bad}:1: `Titel` is no column of in_Claim, did you mean Title?; columns: in_id, out_id, removed, Title"
        in said
    )
    assert "column id of in_Claim is filled by the database or by a run" in said
    assert "column Title stands twice" in said
    assert desk.rows("1") == []
    assert "needs a column in_id or out_id" in desk.refused("fill", desk.write("Client.csv", "Name\nx\n"))
    assert "needs a column Client_id" in desk.refused("fill", desk.write("in_Claim_Client.csv", "claim_id\nx\n"))
    assert "did you mean in_Client?" in desk.refused("fill", "Clinet", good)
    assert "name the table before the files" in desk.refused("fill", desk.write("export.csv", "in_id\n"))
    assert "not even a header" in desk.refused("fill", desk.write("Client.csv", ""))
    assert "no such file" in desk.refused("fill", "Client.parquet")
    assert "say which files" in desk.refused("fill")
    assert "of no known kind" in desk.refused("fill", "Client", desk.write("clients.doc", ""))


def test_strict_is_all_or_nothing(desk: Desk) -> None:
    path = desk.write("Client.csv", "in_id,Amount\nc-1,1\nc-2,NaN\n")
    said = desk.refused("fill", "--strict", path, code=3)
    assert "nothing loaded, 1 rows are bad" in said
    assert "line 3: Amount is not finite" in said
    assert desk.rows("1") == []
    assert (desk.folder / "Client.rejected.csv").exists()
    assert not list(desk.folder.glob(".*"))


def test_duplicates_are_told_with_line_and_value(desk: Desk) -> None:
    desk.fill(desk.write("Client.csv", "in_id,Name\nc-1,first\n"))
    path = desk.write("Client.csv", 'in_id,Name\nc-2,"a\nb"\nc-1,again\nc-2,twice\n')
    said = desk.refused("fill", path, code=3)
    assert "line 4: in_id `c-1` is in in_Client already" in said
    assert "line 5: in_id `c-2` stands on line 2 already" in said
    assert desk.rows("in_id, name") == [("c-1", "first")]


def test_the_newest_of_duplicates_takes_the_others_place(desk: Desk) -> None:
    desk.fill(desk.write("Client.csv", "in_id,Name,Amount\nc-1,first,7\n"))
    desk.site.partner("update in_Client set in_status = 'DONE', removed = true, out_id = 'o'")
    path = desk.write("Client.csv", "in_id,Name\nc-2,a\nc-1,again\nc-2,twice\n")
    [told] = desk.fill("--on-duplicate", "newest", path)
    assert told["rows"] == 2
    assert desk.rows("in_id, name, amount, in_status, removed, out_id", order="in_id") == [
        ("c-1", "again", 7, "", False, "o"),
        ("c-2", "twice", None, "", False, None),
    ]
    new, out = (
        desk.write("a.csv", "out_id,Name\no-1,x\no-1,y\n"),
        "select count(*) as n from in_Client where in_id is null",
    )
    desk.fill("--on-duplicate", "newest", "Client", new)
    assert desk.site.partner(out) == [{"n": 2}]
    links = desk.write("in_Claim_Client.csv", "Claim_id,Client_id\nk,c\n")
    desk.fill(links)
    desk.site.partner("update in_Claim_Client set in_status = 'DONE'")
    desk.fill("--on-duplicate", "newest", links)
    assert desk.site.partner("select in_status from in_Claim_Client") == [{"in_status": ""}]


def test_a_file_takes_links_away(desk: Desk) -> None:
    lines = ["Claim_id,Client_id,removed", "k,c,", "l,c,true", "m,c,false", "n,c,TRUE", "o,c,1"]
    desk.fill(desk.write("in_Claim_Client.csv", "\n".join(lines)))
    asked = "select claim_id from in_Claim_Client where removed order by 1"
    assert [row["claim_id"] for row in desk.site.partner(asked)] == ["l", "n", "o"]
    again = desk.write("in_Claim_Client.csv", "Claim_id,Client_id\nl,c\n")
    desk.fill("--on-duplicate", "newest", again)
    assert [row["claim_id"] for row in desk.site.partner(asked)] == ["n", "o"]


def test_a_link_table_of_before_has_no_such_column(desk: Desk) -> None:
    desk.site.look("alter table in_tables.in_Claim_Client drop column removed")
    links = desk.write("in_Claim_Client.csv", "Claim_id,Client_id\nk,c\n")
    desk.fill(links)
    desk.fill("--on-duplicate", "newest", links)
    removed = desk.write("in_Claim_Client.csv", "Claim_id,Client_id,removed\nk,c,true\n")
    told = desk.refused("fill", removed, code=2)
    assert "in_Claim_Client has no column removed yet: `etl generate-ddl --apply` adds it" in told


def test_replace_clears_once_and_not_while_a_run_reads(desk: Desk) -> None:
    desk.fill(desk.write("Client.csv", "in_id,Name\nold,x\n"))
    one, two = desk.write("1.csv", "in_id\nc-1\n"), desk.write("2.csv", "in_id\nc-2\n")
    desk.fill("--replace", "Client", one, two)
    assert desk.rows("in_id") == [("c-1",), ("c-2",)]
    duplicate = desk.write("3.csv", "in_id\nc-1\nc-1\n")
    assert "stands on line 2 already" in desk.refused("fill", "--replace", "Client", duplicate, code=3)
    assert desk.rows("in_id") == [("c-1",), ("c-2",)]
    desk.site.partner("insert into process_tracking (oper_date, occupied_by_process) values (current_date, 9)")
    assert "run 9 is reading" in desk.refused("fill", "--replace", "Client", one, code=75)
    assert desk.rows("in_id") == [("c-1",), ("c-2",)]


def test_both_ways_of_handing_over(desk: Desk) -> None:
    path = desk.write("Client.csv", "in_id,Name\nc-1,x\n")
    desk.fill("--submit", path)
    marker = desk.site.partner.marker()
    assert (marker["load_status"], marker["ins_inkafka_status"]) == (1, 0)
    assert marker["start_load_time"] <= marker["end_load_time"]
    assert desk.site.run().run
    desk.fill("--submit-by", "clear", "--on-duplicate", "newest", path)
    assert desk.site.partner("select 1 from process_tracking") == []
    assert desk.site.run().run
    before = desk.site.partner.marker()
    desk.refused("fill", "--submit", path, code=3)
    assert desk.site.partner.marker() == before


def test_of_its_own_a_file_is_not_handed_over(desk: Desk) -> None:
    done = desk.etl("fill", desk.write("Client.csv", "in_id,Amount\nc-1,1.000049\nc-2,x\n"))
    assert done.code == 1
    assert "1 rows into in_Client" in done.out
    assert "1 numbers have more than 4 decimals and are rounded" in done.out
    assert "line 3: Amount is no number" in done.out
    assert "Not handed over yet" in done.out


def test_a_file_without_header(desk: Desk) -> None:
    path = desk.write("airports.dat", 'c-1|skipped|\\N\nc-2||"\\N"\n')
    desk.fill("Client", path, "--columns", "in_id,-,Name", "--null", "\\N")
    assert desk.rows("in_id, name") == [("c-1", None), ("c-2", "\\N")]


def test_encodings(desk: Desk) -> None:
    text = "in_id;Name\nc-1;Ёлка\n"
    desk.fill("Client", desk.write("bom.csv", "\ufeff" + text))
    [told] = desk.fill("Client", cyrillic := desk.write("1251.csv", text.replace("1", "2").encode("cp1251")), code=1)
    assert "line 2: Name is not in the encoding of the file: name it with --encoding" in told["examples"][0]
    desk.fill("Client", cyrillic, "--encoding", "cp1251")
    utf16 = desk.write("16.csv", text.replace("1", "3").encode("utf-16"))
    assert "say --encoding utf-16" in desk.refused("fill", "Client", utf16)
    desk.fill("Client", utf16, "--encoding", "utf-16")
    assert desk.rows("in_id, name") == [("c-1", "Ёлка"), ("c-2", "Ёлка"), ("c-3", "Ёлка")]
    assert "encoding `klingon` is not known" in desk.refused("fill", "Client", utf16, "--encoding", "klingon")


def test_a_folder_of_files(desk: Desk) -> None:
    folder = desk.folder / "scans"
    folder.mkdir()
    (folder / "scan-1.pdf").write_bytes(b"%PDF\0\xff")
    (folder / "empty").write_bytes(b"")
    [told] = desk.fill("--files", folder)
    assert (told["table"], told["rows"]) == ("in_fileStorage", 2)
    files = "select file_id, file_name, mime_type, content from in_fileStorage order by file_id"
    assert [tuple(row.values()) for row in desk.site.partner(files)] == [
        ("empty", "empty", None, b""),
        ("scan-1.pdf", "scan-1.pdf", "application/pdf", b"%PDF\0\xff"),
    ]
    assert "is in in_fileStorage already" in desk.refused("fill", "--files", folder, code=3)
    desk.fill("--files", folder, "--on-duplicate", "newest")
    (folder / ("x" * 33)).write_bytes(b"")
    assert "the name is the file_id, which holds 32 characters" in desk.refused("fill", "--files", folder)


def test_contents_from_a_table_of_files(desk: Desk) -> None:
    path = desk.write("in_fileStorage.csv", "file_id,content\nf-1,\\x00ff\nf-2,00ff\n")
    desk.fill(path, code=1)
    assert desk.site.partner("select content from in_fileStorage") == [{"content": b"\0\xff"}]


def test_records_that_chunks_cut_in_two(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "_CHUNK_BYTES", 19)
    text = "".join(f'c-{n},"{"ж" * (n % 50)}\r\n""{n}"\r\n' for n in range(300))
    desk.fill("Client", desk.write("chunks.csv", "in_id,Name\r\n" + text + 'c-300,5" pipe,\nc-301,last'), code=1)
    assert desk.rows("in_id, name") == [
        *((f"c-{n}", f'{"ж" * (n % 50)}\r\n"{n}') for n in range(300)),
        ("c-301", "last"),
    ]
    rejects = (desk.folder / "chunks.rejected.csv").read_text()
    assert '"602","","c-300,5"" pipe,","the row has 3 cells, the file 2 columns"' in rejects


def test_files_before_the_one_that_fails_are_loaded_and_told(desk: Desk) -> None:
    first, second = desk.write("1.csv", "in_id\nc-1\n"), desk.write("2.csv", "in_id\nc-1\n")
    done = desk.etl("fill", "Client", "--submit", first, second)
    assert done.code == 3
    assert f"{first}: 1 rows into in_Client" in done.out
    assert f"{second}: nothing loaded" in done.err
    assert desk.site.partner("select 1 from process_tracking") == []


def test_rejects_are_private_and_written_through_no_link(desk: Desk) -> None:
    elsewhere = desk.write("elsewhere", "not ours")
    (desk.folder / ".Client.rejected.csv.part").symlink_to(elsewhere)
    (desk.folder / "Client.rejected.csv").symlink_to(desk.folder / "nowhere")
    [told] = desk.fill(desk.write("Client.csv", "in_id,Amount\nc-1,x\n"), code=1)
    assert elsewhere.read_text() == "not ours"
    assert not (desk.folder / "nowhere").exists()
    rejects = desk.folder / "Client.rejected.csv"
    assert told["rejects"] == str(rejects)
    assert not rejects.is_symlink()
    assert rejects.stat().st_mode & 0o777 == 0o600

"""`etl fill`: what a file says comes into the table, and what does not fit comes back."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from etl.files import csv_source
from tests.integration.files.conftest import SqlClient


def test_a_file_named_as_its_table(client: SqlClient) -> None:
    path = client.write(
        "Client.csv",
        "in_id,name,AMOUNT,Born,Seen,Month,Active,Kind\n"
        'c-1,"Иванов, ""Ваня""",1500.25,2024-01-31,2024-01-31T10:00:00+05:00,2024-03,yes,new\n'
        'c-2,"",,,,,,\n'
        "c-3,,-1e3,2024-01-31 00:00,2024-01-31 10:00,2024-03-05,0,\n",
    )
    [reported] = client.fill(path)
    assert (reported["table"], reported["rows"], reported["rejected"], reported["rejects"]) == ("in_Client", 3, 0, None)
    born, seen, march = (
        datetime(2024, 1, 31, 5, tzinfo=UTC),
        datetime(2024, 1, 31, 5, tzinfo=UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
    )
    assert client.rows("in_id, name, amount, born, seen, month, active, kind, in_status, removed") == [
        ("c-1", 'Иванов, "Ваня"', Decimal("1500.2500"), born, seen, march, True, "new", "", False),
        ("c-2", "", None, None, None, None, None, None, "", False),
        ("c-3", None, Decimal(-1000), born, seen.replace(hour=10), march.replace(day=5), False, None, "", False),
    ]


def test_bad_cells_go_to_a_file_that_can_be_corrected_and_filled(client: SqlClient) -> None:
    path = client.write(
        "clients.csv",
        "in_id;Name;Amount;Born;Active\n"
        'c-1;"two\nlines";1;2024-01-31;true\n'
        'c-2;x;"1 500,25";31.01.2024;maybe\n'
        ";missing;1;;\n"
        "c-4;too;many;;cells;here\n"
        "c-5;good;2;;\n",
    )
    [reported] = client.fill("Client", path, code=1)
    assert (reported["rows"], reported["rejected"]) == (2, 3)
    assert client.rows("in_id, name") == [("c-1", "two\nlines"), ("c-5", "good")]
    rejects = client.folder / "clients.rejected.csv"
    assert reported["rejects"] == str(rejects)
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
    client.fill("Client", rejects)
    assert client.rows("in_id, amount", order="in_id")[1] == ("c-2", Decimal("1500.25"))


def test_names_are_checked_before_the_first_row(client: SqlClient) -> None:
    good = client.write("Client.csv", "in_id,Name\nc-1,x\n")
    bad = client.write("Claim.csv", "in_id,Titel,id,Title,title\nk-1,x,1,y,z\n")
    said = client.refused("fill", good, bad)
    assert (
        f"{bad}:1: `Titel` is not a column of in_Claim, did you mean Title?; columns: in_id, out_id, removed, Title"
        in said
    )
    assert "column id of in_Claim is filled by the database or by a run" in said
    assert "column Title stands twice" in said
    assert client.rows("1") == []
    assert "needs a column in_id or out_id" in client.refused("fill", client.write("Client.csv", "Name\nx\n"))
    assert "needs a column Client_id" in client.refused("fill", client.write("in_Claim_Client.csv", "claim_id\nx\n"))
    assert "did you mean in_Client?" in client.refused("fill", "Clinet", good)
    assert "name the table before the files" in client.refused("fill", client.write("export.csv", "in_id\n"))
    assert "not even a header" in client.refused("fill", client.write("Client.csv", ""))
    assert "no such file" in client.refused("fill", "Client.parquet")
    assert "say which files" in client.refused("fill")
    assert "of no known kind" in client.refused("fill", "Client", client.write("clients.doc", ""))


def test_a_check_loads_nothing(client: SqlClient) -> None:
    path = client.write("Client.csv", "in_id,Amount\nc1,1\nc2,one\n")
    done = client.etl("fill", "--check", path)
    assert done.code == 1
    assert "1 rows fit in_Client" in done.out
    assert "Nothing is loaded: --check." in done.out
    assert (client.folder / "Client.rejected.csv").exists()
    assert client.site.count("in_tables.in_Client") == 0
    assert "leave out --submit" in client.refused("fill", "--check", path, "--submit")


def test_strict_is_all_or_nothing(client: SqlClient) -> None:
    path = client.write("Client.csv", "in_id,Amount\nc-1,1\nc-2,NaN\n")
    said = client.refused("fill", "--strict", path, code=3)
    assert "nothing loaded, 1 rows are bad" in said
    assert "line 3: Amount is not finite" in said
    assert client.rows("1") == []
    assert (client.folder / "Client.rejected.csv").exists()
    assert not list(client.folder.glob(".*"))


def test_duplicates_are_reported_with_line_and_value(client: SqlClient) -> None:
    client.fill(client.write("Client.csv", "in_id,Name\nc-1,first\n"))
    path = client.write("Client.csv", 'in_id,Name\nc-2,"a\nb"\nc-1,again\nc-2,twice\n')
    said = client.refused("fill", path, code=3)
    assert "line 4: in_id `c-1` is in in_Client already" in said
    assert "line 5: in_id `c-2` is already on line 2" in said
    assert client.rows("in_id, name") == [("c-1", "first")]


def test_the_newest_of_duplicates_takes_the_others_place(client: SqlClient) -> None:
    client.fill(client.write("Client.csv", "in_id,Name,Amount\nc-1,first,7\n"))
    client.site.partner("update in_Client set in_status = 'DONE', removed = true, out_id = 'o'")
    path = client.write("Client.csv", "in_id,Name\nc-2,a\nc-1,again\nc-2,twice\n")
    [reported] = client.fill("--on-duplicate", "newest", path)
    assert reported["rows"] == 2
    assert client.rows("in_id, name, amount, in_status, removed, out_id", order="in_id") == [
        ("c-1", "again", 7, "", False, "o"),
        ("c-2", "twice", None, "", False, None),
    ]
    new, out = (
        client.write("a.csv", "out_id,Name\no-1,x\no-1,y\n"),
        "select count(*) as n from in_Client where in_id is null",
    )
    client.fill("--on-duplicate", "newest", "Client", new)
    assert client.site.partner(out) == [{"n": 2}]
    links = client.write("in_Claim_Client.csv", "Claim_id,Client_id\nk,c\n")
    client.fill(links)
    client.site.partner("update in_Claim_Client set in_status = 'DONE'")
    client.fill("--on-duplicate", "newest", links)
    assert client.site.partner("select in_status from in_Claim_Client") == [{"in_status": ""}]


def test_a_file_takes_links_away(client: SqlClient) -> None:
    lines = ["Claim_id,Client_id,removed", "k,c,", "l,c,true", "m,c,false", "n,c,TRUE", "o,c,1"]
    client.fill(client.write("in_Claim_Client.csv", "\n".join(lines)))
    asked = "select claim_id from in_Claim_Client where removed order by 1"
    assert [row["claim_id"] for row in client.site.partner(asked)] == ["l", "n", "o"]
    again = client.write("in_Claim_Client.csv", "Claim_id,Client_id\nl,c\n")
    client.fill("--on-duplicate", "newest", again)
    assert [row["claim_id"] for row in client.site.partner(asked)] == ["n", "o"]


def test_a_link_table_of_before_has_no_such_column(client: SqlClient) -> None:
    client.site.look("alter table in_tables.in_Claim_Client drop column removed")
    links = client.write("in_Claim_Client.csv", "Claim_id,Client_id\nk,c\n")
    client.fill(links)
    client.fill("--on-duplicate", "newest", links)
    removed = client.write("in_Claim_Client.csv", "Claim_id,Client_id,removed\nk,c,true\n")
    reported = client.refused("fill", removed, code=2)
    assert "in_Claim_Client has no column removed yet: `etl generate-ddl --apply` adds it" in reported


def test_replace_clears_once_and_not_while_a_run_reads(client: SqlClient) -> None:
    client.fill(client.write("Client.csv", "in_id,Name\nold,x\n"))
    one, two = client.write("1.csv", "in_id\nc-1\n"), client.write("2.csv", "in_id\nc-2\n")
    client.fill("--replace", "Client", one, two)
    assert client.rows("in_id") == [("c-1",), ("c-2",)]
    duplicate = client.write("3.csv", "in_id\nc-1\nc-1\n")
    assert "is already on line 2" in client.refused("fill", "--replace", "Client", duplicate, code=3)
    assert client.rows("in_id") == [("c-1",), ("c-2",)]
    client.site.partner("insert into process_tracking (oper_date, occupied_by_process) values (current_date, 9)")
    assert "run 9 is reading" in client.refused("fill", "--replace", "Client", one, code=75)
    assert client.rows("in_id") == [("c-1",), ("c-2",)]


def test_both_ways_of_handing_over(client: SqlClient) -> None:
    path = client.write("Client.csv", "in_id,Name\nc-1,x\n")
    client.fill("--submit", path)
    marker = client.site.partner.marker()
    assert (marker["load_status"], marker["ins_inkafka_status"]) == (1, 0)
    assert marker["start_load_time"] <= marker["end_load_time"]
    assert client.site.run().run
    client.fill("--submit-by", "clear", "--on-duplicate", "newest", path)
    assert client.site.partner("select 1 from process_tracking") == []
    assert client.site.run().run
    before = client.site.partner.marker()
    client.refused("fill", "--submit", path, code=3)
    assert client.site.partner.marker() == before


def test_of_its_own_a_file_is_not_handed_over(client: SqlClient) -> None:
    done = client.etl("fill", client.write("Client.csv", "in_id,Amount\nc-1,1.000049\nc-2,x\n"))
    assert done.code == 1
    assert "1 rows into in_Client" in done.out
    assert "1 numbers have more than 4 decimals and are rounded" in done.out
    assert "line 3: Amount is not a number" in done.out
    assert "Not handed over yet" in done.out


def test_a_file_without_header(client: SqlClient) -> None:
    path = client.write("airports.dat", 'c-1|skipped|\\N\nc-2||"\\N"\n')
    client.fill("Client", path, "--columns", "in_id,-,Name", "--null", "\\N")
    assert client.rows("in_id, name") == [("c-1", None), ("c-2", "\\N")]


def test_encodings(client: SqlClient) -> None:
    text = "in_id;Name\nc-1;Ёлка\n"
    client.fill("Client", client.write("bom.csv", "\ufeff" + text))
    [reported] = client.fill(
        "Client", cyrillic := client.write("1251.csv", text.replace("1", "2").encode("cp1251")), code=1
    )
    assert "line 2: Name is not in the encoding of the file: name it with --encoding" in reported["examples"][0]
    client.fill("Client", cyrillic, "--encoding", "cp1251")
    utf16 = client.write("16.csv", text.replace("1", "3").encode("utf-16"))
    assert "say --encoding utf-16" in client.refused("fill", "Client", utf16)
    client.fill("Client", utf16, "--encoding", "utf-16")
    assert client.rows("in_id, name") == [("c-1", "Ёлка"), ("c-2", "Ёлка"), ("c-3", "Ёлка")]
    assert "encoding `klingon` is not known" in client.refused("fill", "Client", utf16, "--encoding", "klingon")


def test_a_folder_of_files(client: SqlClient) -> None:
    folder = client.folder / "scans"
    folder.mkdir()
    (folder / "scan-1.pdf").write_bytes(b"%PDF\0\xff")
    (folder / "empty").write_bytes(b"")
    [reported] = client.fill("--files", folder)
    assert (reported["table"], reported["rows"]) == ("in_fileStorage", 2)
    files = "select file_id, file_name, mime_type, content from in_fileStorage order by file_id"
    assert [tuple(row.values()) for row in client.site.partner(files)] == [
        ("empty", "empty", None, b""),
        ("scan-1.pdf", "scan-1.pdf", "application/pdf", b"%PDF\0\xff"),
    ]
    assert "is in in_fileStorage already" in client.refused("fill", "--files", folder, code=3)
    client.fill("--files", folder, "--on-duplicate", "newest")
    (folder / ("x" * 33)).write_bytes(b"")
    assert "the name is the file_id, which holds 32 characters" in client.refused("fill", "--files", folder)


def test_contents_from_a_table_of_files(client: SqlClient) -> None:
    path = client.write("in_fileStorage.csv", "file_id,content\nf-1,\\x00ff\nf-2,00ff\n")
    client.fill(path, code=1)
    assert client.site.partner("select content from in_fileStorage") == [{"content": b"\0\xff"}]


def test_records_that_chunks_cut_in_two(client: SqlClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_source, "_CHUNK_BYTES", 19)
    text = "".join(f'c-{n},"{"ж" * (n % 50)}\r\n""{n}"\r\n' for n in range(300))
    client.fill("Client", client.write("chunks.csv", "in_id,Name\r\n" + text + 'c-300,5" pipe,\nc-301,last'), code=1)
    assert client.rows("in_id, name") == [
        *((f"c-{n}", f'{"ж" * (n % 50)}\r\n"{n}') for n in range(300)),
        ("c-301", "last"),
    ]
    rejects = (client.folder / "chunks.rejected.csv").read_text()
    assert '"602","","c-300,5"" pipe,","the row has 3 cells, the file 2 columns"' in rejects


def test_files_before_the_one_that_fails_are_loaded_and_reported(client: SqlClient) -> None:
    first, second = client.write("1.csv", "in_id\nc-1\n"), client.write("2.csv", "in_id\nc-1\n")
    done = client.etl("fill", "Client", "--submit", first, second)
    assert done.code == 3
    assert f"{first}: 1 rows into in_Client" in done.out
    assert f"{second}: nothing loaded" in done.err
    assert client.site.partner("select 1 from process_tracking") == []


def test_rejects_are_private_and_written_through_no_link(client: SqlClient) -> None:
    elsewhere = client.write("elsewhere", "not ours")
    (client.folder / ".Client.rejected.csv.part").symlink_to(elsewhere)
    (client.folder / "Client.rejected.csv").symlink_to(client.folder / "nowhere")
    [reported] = client.fill(client.write("Client.csv", "in_id,Amount\nc-1,x\n"), code=1)
    assert elsewhere.read_text() == "not ours"
    assert not (client.folder / "nowhere").exists()
    rejects = client.folder / "Client.rejected.csv"
    assert reported["rejects"] == str(rejects)
    assert not rejects.is_symlink()
    assert rejects.stat().st_mode & 0o777 == 0o600


def test_a_table_that_may_not_be_written(client: SqlClient) -> None:
    """No row is to blame: nothing is tried row by row."""
    engine = f"engine_{client.site.database.name}"
    client.site.look(f"revoke insert on in_tables.in_client, in_tables.in_filestorage from {engine}")
    files = client.folder / "scans"
    files.mkdir()
    (files / "one").write_bytes(b"content")
    for arguments in ((client.write("Client.csv", "in_id\na\n"),), ("--files", files)):
        said = client.refused("fill", *arguments, code=4)
        assert "permission denied for table in_" in said
    assert client.rows("1") == []

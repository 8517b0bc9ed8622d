"""Values of 100 MB go from in_ tables to out_ tables, and the command hardly notices (failure catalogue 58)."""

import pytest

from tests.fix_company import BOTH_LAYOUTS, OUT, STORE, MakeSite, peak_of

# The default of maxValueBytes.
CAP = 100 * 1024 * 1024
# As in test_million: a value that came through Python but once would make it more than 200.
LIMIT_MIB = 150

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: TEXTAREA, {_FLAGS}}}
  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}
""",
}


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_a_text_and_a_file_at_the_cap(make_site: MakeSite) -> None:
    site = make_site(_DOCUMENTS)
    site.partner(f"insert into in_Client (in_id, name, photo) values ('at the cap', repeat('x', {CAP}), 'f1')")
    site.partner(f"insert into in_Client (in_id, name) values ('beyond', repeat('x', {CAP} + 1))")
    file = "insert into in_fileStorage (file_id, content) values (%s, decode(repeat('00', %s), 'hex'))"
    site.partner(file, ["f1", CAP])
    process = site.start_program("run")
    highest = peak_of(process)
    _, err = process.communicate()
    assert (process.returncode, err) == (1, "")
    assert highest < LIMIT_MIB
    for table in (f"{STORE}.bo_Client", f"{OUT}.Client"):
        assert site.look(f"select octet_length(name) as size, photo is not null as has_file from {table}") == [
            {"size": CAP, "has_file": True}
        ]
    assert site.value(f"select octet_length(content) from {STORE}.file_storage") == CAP
    [error] = site.errors()
    assert (error["in_id"], error["code"], len(error["value"])) == ("beyond", "VALUE_TOO_LONG", 200)

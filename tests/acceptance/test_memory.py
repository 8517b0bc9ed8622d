"""A million rows pass the command by: no row's value goes through Python."""

import time

from tests.fix_company import STORE, MakeSite, peak_of

ROWS = 1_000_000
LIMIT_MIB = 150

_FLAGS = "needLoadFromInTables: true"
_DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
""",
}


def test_a_million_claimed_rows_in_150_mib(make_site: MakeSite) -> None:
    site = make_site(_DOCUMENTS)
    site.partner(
        "insert into in_Client (in_id, name, amount) "
        f"select 'c' || n, 'Client number ' || n, n from generate_series(1, {ROWS}) n"
    )
    started = time.monotonic()
    process = site.start("run")
    highest = peak_of(process)
    seconds = time.monotonic() - started
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert f"{ROWS:,}" in out
    assert site.count(f"{STORE}.bo_Client") == ROWS
    assert highest < LIMIT_MIB
    print(f"{ROWS:,} rows in {seconds:.1f} s, at most {highest:.0f} MiB resident")

"""A large journal and large errors get partitions while runs, a reader and a partner work: `etl upgrade` on 5,000,000
rows.

`ETL_TEST_CHANGES` takes another number.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import pytest

from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site
from tests.fix_restore import done

CHANGES = int(os.environ.get("ETL_TEST_CHANGES", "5000000"))
LONGEST_STOP = 5.0


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The changes are of an early transaction, so that versions need not follow them."""
    site = make_site(CLAIMS)
    deliver(site, 0)
    site.look(
        f"insert into {STORE}.journal (written_by, run, bo, instance, change, before) "
        "select '3', u.number, 'Client', to_char(n, 'FM0000000000000000'), 'changed', "
        "jsonb_build_object('name', 'Name ' || n) "
        f"from (select max(number) as number from {STORE}.unit) u, generate_series(1, {CHANGES}) n"
    )
    site.look(f"analyze {STORE}.journal")
    role = site.partner_role
    site.look(f"grant usage on schema out_demo to {role}; grant select on out_demo.client to {role}")
    return site


def deliver(site: Site, number: int) -> float:
    """A run; returns its seconds."""
    rows = ({"in_id": f"c{n}", "name": f"Name {n} of {number}"} for n in range(2000))
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()
    began = time.monotonic()
    done(site.etl("run"))
    return time.monotonic() - began


@contextmanager
def reading(site: Site, table: str = "out_demo.client") -> Iterator[list[int]]:
    """A reader that counts the rows of a table again and again; what it has counted."""
    counted: list[int] = []
    is_over = threading.Event()

    def read() -> None:
        with site.reader() as session:
            while not is_over.is_set():
                counted.append(session.execute(f"select count(*) as n from {table}").fetchall()[0]["n"])

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield counted
    finally:
        is_over.set()
        thread.join()


def digest(site: Site) -> object:
    return site.look(f"select count(*), sum(hashtextextended(j::text, 0)) from {STORE}.journal j")


@ONLY_ONE
@pytest.mark.nightly
def test_a_large_journal_is_changed_while_all_work(site: Site) -> None:
    checked = site.etl("upgrade", "check")
    warnings = [line for line in checked.out.splitlines() if line.startswith("warning: ")]
    assert (checked.code, warnings) == (1, ["warning: no backup is noted in the store: `etl backup` first"]), checked
    beside: list[float] = []
    with reading(site) as counted:
        alone = [deliver(site, number) for number in range(1, 21)]
        number = len(alone)
        filling = site.start("upgrade", "start")
        while filling.poll() is None:
            number += 1
            beside.append(deliver(site, number))
        out, err = filling.communicate()
        assert filling.returncode == 0, err
        switching = site.start("upgrade", "switch", "--json", "--max-stop", str(LONGEST_STOP), "--patience", "300")
        while switching.poll() is None:
            number += 1
            deliver(site, number)
        out, err = switching.communicate()
        assert switching.returncode == 0, err
    print(f"{CHANGES} changes, {number - len(alone)} runs meanwhile; {out}")
    print(f"a run takes {median(alone):.2f} s alone, {median(beside):.2f} s beside the fill")
    assert set(counted) == {2000}
    whole = digest(site)
    deliver(site, number + 1)
    last = f"where run = (select max(number) from {STORE}.unit)"
    for row in site.look(f"select distinct tableoid::regclass::text as partition from {STORE}.journal {last}"):
        site.look(f"delete from {row['partition']} {last}")
    assert digest(site) == whole
    done(site.etl("upgrade", "rollback", "--patience", "300"))
    assert digest(site) == whole


ERR = "in_tables.err"


@pytest.fixture
def rejecting(make_site: MakeSite) -> Site:
    """The errors are of the first run, so that they are kept."""
    site = make_site(CLAIMS)
    reject(site, 0)
    site.look(
        f"insert into {ERR} (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity) "
        "select e.run, e.in_table, n, 'x' || n, e.column_name, e.code, e.message, e.message_rus, e.value, e.severity "
        f"from (select * from {ERR} limit 1) e, generate_series(1, {CHANGES}) n"
    )
    site.look(f"analyze {ERR}; grant select on {ERR} to {site.partner_role}")
    return site


def reject(site: Site, number: int) -> None:
    """A run of which all rows are rejected."""
    site.partner.redeliver("in_client", *({"in_id": f"c{number}.{n}", "amount": "NaN"} for n in range(200)))
    site.partner.hand_over()
    assert site.etl("run").code == 1


def errors(site: Site) -> object:
    return site.look(f"select count(*), sum(hashtextextended(e::text, 0)) from {ERR} e")


@ONLY_ONE
@pytest.mark.nightly
def test_large_errors_are_changed_while_all_work(rejecting: Site) -> None:
    site, number, outputs = rejecting, 0, []
    with reading(site, ERR) as counted:
        for words in (("start",), ("switch", "--json", "--max-stop", str(LONGEST_STOP), "--patience", "300")):
            process = site.start("upgrade", *words, "--change", "err_partitions")
            while process.poll() is None:
                number += 1
                reject(site, number)
            out, err = process.communicate()
            assert process.returncode == 0, err
            outputs.append(out)
    print(f"{CHANGES} errors, {number} runs meanwhile; {outputs[-1]}")
    assert counted == sorted(counted)
    reject(site, number + 1)
    whole = errors(site)
    done(site.etl("upgrade", "rollback", "--patience", "300"))
    assert errors(site) == whole
    assert site.count(ERR) == CHANGES + 200 * (number + 2)

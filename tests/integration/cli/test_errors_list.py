"""`etl errors list`, `show` and `codes`: the real command over errors that real runs made."""

import json
from functools import partial

import pytest

from etl.engine.rejected import open_errors
from etl.merge.errors.catalogue import CATALOGUE
from etl.monitoring import ErrorQuery, count_errors, read_errors
from etl.monitoring.error_lists import reading_by_index
from etl.sources.in_tables.errors import Choice
from tests.acceptance.plans import watched_plans
from tests.fix_company import BOTH_LAYOUTS, STORE, Row
from tests.integration.cli.conftest import error_id, fill
from tests.integration.merge.conftest import Inbound


def listed(inbound: Inbound, *arguments: str) -> list[Row]:
    done = inbound.site.etl("errors", "list", "--json", *arguments)
    assert (done.code, done.err) == (0, "")
    errors: list[Row] = json.loads(done.out)["errors"]
    return errors


def codes(errors: list[Row]) -> list[tuple[str, str]]:
    return sorted((error["in_id"], error["code"]) for error in errors)


@pytest.mark.first_run
def test_before_the_first_run_there_are_no_errors(inbound: Inbound) -> None:
    assert inbound.site.etl("errors").out == "No errors in in_tables.err.\n"
    assert listed(inbound) == []
    done = inbound.site.etl("errors", "show", "1")
    assert (done.code, done.err) == (2, "etl: no run has been started in schema in_tables yet, so it has no errors\n")


def test_the_list_chooses_by_run_table_and_code(rejected: Inbound) -> None:
    everything = [("a", "NUMBER_NOT_FINITE"), ("a", "OPTION_UNKNOWN"), ("b", "OPTION_UNKNOWN")]
    everything += [("k", "REFERENCE_EXPIRED"), ("l", "REFERENCE_EXPIRED")]
    assert codes(listed(rejected)) == everything
    assert codes(listed(rejected, "--code", "option_unknown")) == everything[1:3]
    assert codes(listed(rejected, "--table", "in_claim_watcher")) == everything[3:]
    newest, first = (rejected.site.value(f"select {one}(id) from in_tables.run") for one in ("max", "min"))
    assert codes(listed(rejected, "--run", str(newest))) == everything
    assert listed(rejected, "--run", str(first)) == []


def test_the_list_is_newest_first_and_limited(rejected: Inbound) -> None:
    fill(rejected, {"in_id": "d", "amount": "NaN"})
    rejected.merge()
    assert [error["in_id"] for error in listed(rejected, "--limit", "1")] == ["d"]
    shown = rejected.site.etl("errors", "list", "--limit", "1")
    assert "These are 1 of 6: --limit shows more" in shown.out
    assert "--limit shows more" not in rejected.site.etl("errors", "list").out


@BOTH_LAYOUTS
def test_the_store_keeps_the_errors_of_an_import_schema_that_was_made_again(rejected: Inbound) -> None:
    rejected.site.look("drop schema in_tables cascade")
    rejected.site.create_in_tables()
    fill(rejected, {"in_id": "d", "amount": "NaN"})
    rejected.merge()
    assert codes(listed(rejected)) == [("d", "NUMBER_NOT_FINITE")]
    assert len(listed(rejected, "--all")) == 6
    assert "NUMBER_NOT_FINITE" in rejected.site.etl("errors", "show", "1", "--all").out


def test_an_unknown_table_or_code_is_refused(rejected: Inbound) -> None:
    done = rejected.site.etl("errors", "list", "--table", "in_\x1b[2JClent")
    assert done.code == 2
    assert "`in_\\x1b[2JClent` is not an in_ table of company demo" in done.err
    assert rejected.site.etl("errors", "list", "--code", "WRONG").code == 2


def test_an_error_is_shown_with_cause_cure_and_its_row(rejected: Inbound) -> None:
    number = error_id(rejected, "NUMBER_NOT_FINITE")
    shown = rejected.site.etl("errors", "show", number).out
    fault = next(one for one in CATALOGUE if one.code == "NUMBER_NOT_FINITE")
    for text in (fault.cause, fault.cause_russian, fault.cure, fault.cure_russian, "in_Client, row 1, in_id `a`"):
        assert text in shown
    found = json.loads(rejected.site.etl("errors", "show", number, "--json").out)
    assert (found["cause"], found["row"]["in_status"], found["row"]["amount"]) == (fault.cause, "ERROR", "NaN")
    columns = "select * from information_schema.columns where table_name = 'in_client' order by ordinal_position"
    assert list(found["row"]) == [row["column_name"] for row in rejected.site.look(columns)]


def test_the_row_is_shown_as_it_stands_now(rejected: Inbound) -> None:
    number = error_id(rejected, "NUMBER_NOT_FINITE")
    rejected.partner("update in_Client set amount = 5, name = repeat('x', 1000) where in_id = 'a'")
    row = json.loads(rejected.site.etl("errors", "show", number, "--json").out)["row"]
    assert (row["amount"], row["name"]) == ("5.0000", "x" * 200 + "…")
    rejected.site.look("truncate in_tables.in_Client restart identity")
    fill(rejected, {"in_id": "z"})
    shown = rejected.site.etl("errors", "show", number)
    assert (shown.code, "Its row is no longer there" in shown.out) == (0, True)


def test_a_link_row_is_shown_by_its_ends(rejected: Inbound) -> None:
    number = error_id(rejected, "REFERENCE_EXPIRED")
    row = json.loads(rejected.site.etl("errors", "show", number, "--json").out)["row"]
    assert (row["claim_id"], row["watcher_id"], row["in_status"]) == ("l", "w", "ERROR")


def test_the_row_of_a_file_that_did_not_come_is_shown(inbound: Inbound) -> None:
    inbound.site.set(referenceExpiryMinutes=10)
    inbound.partner.fill("in_Client", {"in_id": "a", "photo": "p1"})
    inbound.merge()
    inbound.site.look(f"update {STORE}.file_reference set waiting_since = '2020-01-01'")
    inbound.merge()
    row = json.loads(inbound.site.etl("errors", "show", error_id(inbound, "FILE_UNKNOWN"), "--json").out)["row"]
    assert (row["in_id"], row["photo"], row["in_status"]) == ("a", "p1", "DONE")


def test_an_unknown_error_is_refused(rejected: Inbound) -> None:
    for command in ("show", "retry"):
        done = rejected.site.etl("errors", command, "4711")
        assert (done.code, done.err) == (2, "etl: in_tables.err has no error 4711: see `etl errors list`\n")


def test_what_a_partner_wrote_moves_no_terminal(inbound: Inbound) -> None:
    evil = "\x1b]0;owned\x07[bold]\r\n\x9b2J\u202e"
    fill(inbound, {"in_id": "\x1b[31m[/]", "kind": evil})
    inbound.merge()
    number = error_id(inbound, "OPTION_UNKNOWN")
    for arguments in (["list"], ["show", number], ["list", "--json"], ["show", number, "--json"]):
        done = inbound.site.etl("errors", *arguments)
        assert (done.code, done.err) == (0, "")
        assert all(c.isprintable() or c == "\n" for c in done.out), ascii(done.out)
    assert listed(inbound)[0]["value"] == evil


def test_the_codes_need_no_configuration(inbound: Inbound) -> None:
    done = inbound.site.etl("errors", "codes", ETL_CONFIG="file:/nowhere")
    assert done.code == 0
    for fault in CATALOGUE:
        assert fault.code in done.out
        assert fault.cure_russian in done.out
    found = json.loads(inbound.site.etl("errors", "codes", "--json").out)
    assert [one["code"] for one in found["codes"]] == [fault.code for fault in CATALOGUE]


def states(errors: list[Row]) -> list[tuple[str, str, str]]:
    return sorted((error["in_id"], error["column_name"] or "", error["state"]) for error in errors)


@BOTH_LAYOUTS
def test_each_error_says_what_has_become_of_it(rejected: Inbound) -> None:
    """Corrected, rejected again, offered again, deleted, deleted and sent again; links alike."""
    links = [("k", "Watcher_id", "open"), ("l", "Watcher_id", "open")]
    assert states(listed(rejected)) == [("a", "Amount", "open"), ("a", "Kind", "open"), ("b", "Kind", "open"), *links]
    assert "gone" in rejected.site.etl("errors", "list", "--help").out
    # a: one of two faults is corrected and handed over; b: corrected, not handed over; link k: sent again, waits again.
    rejected.partner("update in_Client set amount = 5, in_status = '' where in_id = 'a'")
    rejected.partner("update in_Claim_Watcher set in_status = '' where claim_id = 'k'")
    rejected.merge()
    rejected.partner("update in_Client set kind = null, in_status = '' where in_id = 'b'")
    assert states(listed(rejected)) == [
        ("a", "Amount", "repeated"),
        ("a", "Kind", "open"),
        ("a", "Kind", "repeated"),
        ("b", "Kind", "offered"),
        ("k", "Watcher_id", "waiting"),
        ("l", "Watcher_id", "open"),
    ]
    assert states(listed(rejected, "--open")) == [("a", "Kind", "open"), ("l", "Watcher_id", "open")]
    # b is taken; a is deleted and sent as a new row; the ends of the links come.
    rejected.partner("delete from in_Client where in_id = 'a'")
    assert states(listed(rejected, "--open")) == [("a", "Kind", "gone"), ("l", "Watcher_id", "open")]
    fill(rejected, {"in_id": "a"}, {"in_id": "w"})
    rejected.partner.fill("in_Claim", {"in_id": "k"}, {"in_id": "l"})
    rejected.partner("update in_Claim_Watcher set in_status = ''")
    rejected.merge()
    after = [(who, column, state) for who, column, state in states(listed(rejected)) if state != "repeated"]
    assert after == [(one, column, "corrected") for one, column in (("a", "Kind"), ("b", "Kind"))] + [
        (one, "Watcher_id", "corrected") for one in "kl"
    ]
    # The partner may clear its tables after each run: the golden store knows that all came right.
    for table in ("in_Client", "in_Claim", "in_Claim_Watcher"):
        rejected.partner(f"delete from {table}")
    assert [(who, column, state) for who, column, state in states(listed(rejected)) if state != "repeated"] == after
    assert rejected.site.etl("errors", "list", "--open").out == "No errors still open in in_tables.err.\n"
    assert "corrected" in rejected.site.etl("errors", "list").out
    assert ", corrected)" in rejected.site.etl("errors", "show", str(listed(rejected)[0]["id"])).out


def test_rows_without_an_id_and_rows_that_vanish_are_judged(inbound: Inbound) -> None:
    fill(inbound, {"in_id": None}, {"in_id": None}, {"in_id": "x", "amount": "NaN"})
    inbound.merge()
    [first, second] = [error["row_id"] for error in reversed(listed(inbound)) if error["code"] == "NO_ID"]
    inbound.partner("update in_Client set in_id = 'now', in_status = '' where id = %s", [first])
    inbound.partner("delete from in_Client where id = %s or in_id = 'x'", [second])
    inbound.merge()
    found = {(error["row_id"], error["code"]): error["state"] for error in listed(inbound)}
    assert found[first, "NO_ID"] == "corrected"
    assert found[second, "NO_ID"] == "gone"
    assert found[str(int(second) + 1), "NUMBER_NOT_FINITE"] == "gone"
    # An in_status that means nothing offers nothing.
    fill(inbound, {"in_id": "y", "amount": "NaN"})
    inbound.merge()
    inbound.partner("update in_Client set in_status = 'retry please' where in_id = 'y'")
    assert [error["in_id"] for error in listed(inbound, "--open", "--limit", "1")] == ["y"]


def test_open_errors_are_found_behind_any_number_of_corrected_ones(inbound: Inbound) -> None:
    fill(inbound, {"in_id": "old", "amount": "NaN"})
    inbound.merge()
    fill(inbound, *({"in_id": f"n{number}", "amount": "NaN"} for number in range(2500)))
    inbound.merge()
    inbound.partner("update in_Client set amount = 1, in_status = '' where in_id <> 'old'")
    inbound.merge()
    assert [error["in_id"] for error in listed(inbound, "--open")] == ["old"]
    # A page that may not search for so long leads on from where it has come.
    with inbound.site.runtime() as runtime, open_errors(runtime) as opened:
        look = partial(opened.log.with_states, opened.prepared, opened.connections, Choice(), 10, only_open=True)
        found, cursor = look(seconds=0.0)
        assert (found, cursor is not None) == ([], True)
        while cursor:
            found, cursor = look(after=cursor, seconds=0.01)
        assert [one["in_id"] for one in found] == ["old"]


@BOTH_LAYOUTS
def test_a_value_that_no_one_would_see_stands_in_quotes(inbound: Inbound) -> None:
    values = ("", " ", "\t", "\u00a0", "\u200b ", "New kind")
    fill(inbound, *({"in_id": f"v{number}", "kind": value} for number, value in enumerate(values)))
    inbound.merge()
    errors = {error["value"]: error for error in listed(inbound)}
    for value in values:
        said = value if value == "New kind" else f"'{value}'"
        assert f"Kind is {said}, which is neither" in errors[value]["message"]
        assert f"Kind содержит {said}: нет варианта" in errors[value]["message_rus"]
    assert " ''" in inbound.site.etl("errors", "list").out


def paged(inbound: Inbound, *arguments: str) -> list[Row]:
    """All errors, two a page."""
    found: list[Row] = []
    after: list[str] = []
    while True:
        done = inbound.site.etl("errors", "list", "--json", "--limit", "2", *arguments, *after)
        assert (done.code, done.err) == (0, "")
        page = json.loads(done.out)
        found += page["errors"]
        if page["next"] is None:
            return found
        after = ["--after", page["next"]]


@BOTH_LAYOUTS
@pytest.mark.parametrize("of_store", [[], ["--all"]])
def test_pages_together_are_the_list(rejected: Inbound, of_store: list[str]) -> None:
    fill(rejected, {"in_id": "d", "amount": "NaN"}, {"in_id": "e", "kind": "no"}, {"in_id": "f", "kind": "no"})
    rejected.merge()
    newest = str(rejected.site.value("select max(id) from in_tables.run"))
    for chosen in (
        [],
        ["--run", newest],
        ["--code", "OPTION_UNKNOWN"],
        ["--table", "in_Client"],
        ["--table", "in_Client", "--code", "OPTION_UNKNOWN"],
        ["--run", newest, "--code", "OPTION_UNKNOWN"],
        ["--open"],
        ["--code", "NO_ID"],
    ):
        whole = listed(rejected, *of_store, *chosen)
        assert paged(rejected, *of_store, *chosen) == whole, chosen
        assert whole == sorted(whole, key=lambda one: (int(one["run"]), int(one["id"])), reverse=True)


def test_a_place_goes_with_its_list_alone(rejected: Inbound) -> None:
    place = json.loads(rejected.site.etl("errors", "list", "--json", "--limit", "1").out)["next"]
    assert place in rejected.site.etl("errors", "list", "--limit", "1").out
    for words in (["--after", place, "--open"], ["--after", place, "--all"], ["--after", "1-1"], ["--after", "'\x1b"]):
        done = rejected.site.etl("errors", "list", *words)
        assert (done.code, "is no cursor of this list" in done.err) == (2, True), words


def test_errors_are_counted_up_to_a_thousand(rejected: Inbound) -> None:
    found = json.loads(rejected.site.etl("errors", "count", "--json").out)["codes"]
    assert {(one["in_table"], one["code"]): one["errors"] for one in found} == {
        ("in_Client", "NUMBER_NOT_FINITE"): 1,
        ("in_Client", "OPTION_UNKNOWN"): 2,
        ("in_Claim_Watcher", "REFERENCE_EXPIRED"): 2,
    }
    rejected.site.look(
        "insert into in_tables.err (run, in_table, in_id, code, message, message_rus, severity) "
        "select 1, 'in_Client', 'many', 'NO_ID', repeat('m', 2000), 'm', 'error' from generate_series(1, 1001)"
    )
    assert "1,000+" in rejected.site.etl("errors", "count", "--code", "NO_ID").out
    page = json.loads(rejected.site.etl("errors", "list", "--code", "NO_ID", "--json").out)
    assert (page["count"], page["count_is_exact"], len(page["errors"])) == (1000, False, 50)
    assert "These are 50 of 1,000+" in rejected.site.etl("errors", "list", "--code", "NO_ID").out
    assert page["errors"][0]["message"] == "m" * 1000 + "…"
    with rejected.site.runtime() as runtime, open_errors(runtime) as opened:
        rows = opened.log.counts_of_run(opened.prepared, 1)
        of_run = opened.log.counts_of_run(opened.prepared, rejected.site.value("select max(id) from in_tables.run"))
    assert [(one["code"], one["column_name"], one["rows"], one["is_exact"]) for one in rows] == [
        ("NO_ID", None, 1000, False)
    ]
    assert sorted((one["code"], one["column_name"], one["rows"], one["is_exact"]) for one in of_run) == [
        ("NUMBER_NOT_FINITE", "Amount", 1, True),
        ("OPTION_UNKNOWN", "Kind", 2, True),
        ("REFERENCE_EXPIRED", "Watcher_id", 2, True),
    ]
    number = page["errors"][0]["id"]
    assert json.loads(rejected.site.etl("errors", "show", number, "--json").out)["message"] == "m" * 2000


@pytest.mark.parametrize("of_store", [False, True])
def test_every_page_is_read_by_an_index(rejected: Inbound, of_store: bool) -> None:
    """Whatever the statistics say: the server believes that there are no errors."""
    queries = [
        ErrorQuery(run, table, code, of_store)
        for run in (None, 1)
        for table in (None, "in_Client")
        for code in (None, "NO_ID")
    ]
    with rejected.site.runtime() as runtime, watched_plans() as scans:
        for query in queries:
            read_errors(runtime, query, limit=1)
            count_errors(runtime, query)
        with open_errors(runtime, of_store=of_store, begin=reading_by_index(10.0)) as opened:
            opened.log.counts_of_run(opened.prepared, 1)
    of_errors = [scan for scan in scans if scan.table == "err"]
    assert len(of_errors) > len(queries)
    assert {scan.kind for scan in of_errors} <= {"Index Scan", "Index Only Scan"}
    # Each stops at its limit: nothing is sorted before.
    for scan in of_errors:
        first = next(node for node in scan.above if node in ("Limit", "Sort", "Incremental Sort", "Aggregate"))
        assert first == "Limit", scan
        assert scan.asked or scan.above[0] == "Limit", scan

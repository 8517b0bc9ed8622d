"""Filling in_ tables over HTTP: sent, checked, loaded, handed over; once, whatever is pressed twice or killed."""

import contextlib
import csv
import http.client
import io
import json
import os
import signal
import threading
import time
from pathlib import Path

import openpyxl
import psycopg
import pytest

from etl.web.filling import checker
from tests.fix_company import Site, ended, superuser, until
from tests.fix_web import ServeWeb, Web, serving_at
from tests.integration.web.test_actions import audit
from tests.integration.web.test_identity import add, signed_in
from tests.integration.web.uploads import API, FILL, act, checked, configure, filled, in_spool, send, uploaded

GOOD = b"in_id,Name,Amount\nc1,Anna,1\nc2,Timur,2.5\n"
MIXED = GOOD + b'c3,=1+1,"1 500,5"\n,nameless,3\n'


def as_users(site: Site, serve_web: ServeWeb) -> dict[str, Web]:
    """Browsers of an operator, two partners and a viewer."""
    roles = ("--partner", site.partner_role, "--reader", site.partner_role)
    assert site.etl("grants", *roles, "--apply").code == 0
    site.look(f"grant {site.partner_role} to {site.engine_role}")
    configure(site, identity="password", partnerRole=site.partner_role)
    for name, role in {"aidana": "operator", "pavel": "partner", "petra": "partner", "vera": "viewer"}.items():
        add(site, name, role, "demo")
    web = serve_web(site)
    return {name: signed_in(web, name) for name in ("aidana", "pavel", "petra", "vera")}


def blocked(site: Site) -> bool:
    """Whether the console waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where datname = %s and application_name like 'etl-web:%%' "
    return bool(site.value(waiting + "and wait_event_type = 'Lock'", [site.database.name], at=site.database))


def start_load(web: Web, path: str, check: str) -> threading.Thread:
    """Asks for a load in a thread; its connection may be cut."""

    def ask() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            act(web, f"{path}/load", check=check)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def note(state: Path, **load: object) -> None:
    """Changes what the spool knows of a load, as a kill at another moment would have left it."""
    kept = json.loads(state.read_text())
    state.write_text(json.dumps(kept | {"load": kept["load"] | load}))


def rolled_back(site: Site) -> str:
    """The number of a transaction that was rolled back."""
    with psycopg.connect(**superuser(site.database)) as session:
        [number] = session.execute("select pg_current_xact_id()::text").fetchone() or [""]
        session.rollback()
    return str(number)


def test_a_file_is_checked_whole_and_what_fits_is_loaded_and_handed_over(site: Site, web: Web) -> None:
    path, page = filled(web, "Client.csv", MIXED)
    [table] = page["tables"]
    assert (table["table"], table["rows"], table["rejected"], table["columns"]) == (
        *("in_Client", 2, 2),
        ["in_id", "Name", "Amount"],
    )
    assert table["first_rows"] == [["c1", "Anna", "1"], ["c2", "Timur", "2.5"]]
    assert [(row["line"], row["column"]) for row in table["rejects"]] == [(4, "Amount"), (5, "")]
    assert table["rejects"][0]["value"] == "1 500,5"
    assert site.count("in_tables.in_Client") == 0
    whole = act(web, f"{path}/load", check=page["check"], only_whole="yes")
    assert (whole.status, "2" in whole.json["detail"]) == (409, True)
    done = act(web, f"{path}/load", check=page["check"], hand_over="yes")
    assert done.json["values"] == {"rows": 2, "is_handed_over": True}
    assert web.get(path).json["upload"]["step"] == "loaded"
    assert act(web, f"{path}/check").json["detail"] == "The file was loaded already."
    assert site.run().run
    assert site.partner.statuses("in_Client") == {"DONE": 2}


def test_a_key_and_an_upload_count_once(site: Site, web: Web) -> None:
    first, again = (send(web, "Client.csv", GOOD, key="k") for _ in range(2))
    assert again.json == first.json | {"is_repeated": True}
    assert send(web, "Client.csv", MIXED, key="k").status == 409
    path = uploaded(first)
    page = checked(web, path)
    assert len(web.get(API).json["uploads"]) == 1
    assert not [one for one in in_spool(site) if one.startswith("incoming/")]
    replies = [act(web, f"{path}/load", check=page["check"], on_duplicate="error", key=key) for key in ("a", "a", "b")]
    assert [one.status for one in replies] == [200] * 3
    assert site.count("in_tables.in_Client") == 2
    assert [(one["action"], one["outcome"]) for one in audit(site)] == [
        ("fill.upload", "done"),
        ("fill.load", "done"),
        ("fill.load", "done"),
    ]
    assert audit(site)[0]["parameters"]["received"] == "•••"


def test_a_stale_tab_loads_nothing(site: Site, web: Web) -> None:
    path, page = filled(web, "Client.csv", GOOD)
    assert act(web, f"{path}/check", encoding="cp1251").status == 200
    checked(web, path)
    assert act(web, f"{path}/check", sheet="x" * 1_001).status == 400
    assert web.get(f"{FILL}/{path.rpartition('/')[2]}/rejects.xlsx").status == 404
    stale = act(web, f"{path}/load", check=page["check"])
    assert (stale.status, stale.json["code"]) == (409, "conflict")
    assert site.count("in_tables.in_Client") == 0
    assert act(web, f"{path}/remove").status == 200
    assert web.get(path).status == 410
    assert act(web, f"{path}/load", check=page["check"]).status == 410


def test_ids_that_are_there_are_replaced_or_refused(site: Site, web: Web) -> None:
    site.partner.fill("in_Client", {"in_id": "c1", "name": "earlier", "in_status": "DONE"})
    path, page = filled(web, "Client.csv", GOOD + b"c2,Timur again,3\n")
    assert (page["tables"][0]["known"], page["tables"][0]["repeated"]) == (1, 1)
    refused = act(web, f"{path}/load", check=page["check"], on_duplicate="error")
    assert refused.status == 409
    assert "line 2: in_id `c1` is in in_Client already" in refused.json["detail"]
    assert "line 4: in_id `c2` is already on line 3" in refused.json["detail"]
    assert act(web, f"{path}/load", check=page["check"]).json["values"]["rows"] == 2
    rows = site.look("select in_id, name, in_status from in_tables.in_Client order by in_id")
    assert [tuple(row.values()) for row in rows] == [("c1", "Anna", ""), ("c2", "Timur again", "")]
    # Rows that are named by the store's own ids have no key that could be there.
    path, page = filled(web, "Client.csv", b"out_id,Name\n0123456789abcdef,x\n0123456789abcdef,y\n")
    assert (page["tables"][0]["known"], page["tables"][0]["repeated"]) == (0, 0)
    assert act(web, f"{path}/load", check=page["check"], on_duplicate="error").json["values"]["rows"] == 2


def test_a_workbook_fills_its_tables_in_one_transaction(site: Site, web: Web) -> None:
    book = openpyxl.Workbook()
    for name, rows in {
        "in_Client": [["in_id", "Name"], ["c1", "Anna"]],
        "in_Claim": [["in_id", "Title"], ["k1", "=1+1"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    content = io.BytesIO()
    book.save(content)
    path, page = filled(web, "march.xlsx", content.getvalue())
    assert [(one["source"], one["rows"], one["rejected"]) for one in page["tables"]] == [
        ("march.xlsx[in_Client]", 1, 0),
        ("march.xlsx[in_Claim]", 0, 1),  # a formula without a result
    ]
    assert act(web, f"{path}/load", check=page["check"]).json["values"]["rows"] == 1


def test_rejected_rows_are_saved_as_texts(web: Web) -> None:
    path, _ = filled(web, "Client.csv", MIXED)
    book = web.get(f"{path}/rejects.xlsx")
    assert book.headers["content-disposition"].startswith('attachment; filename="Client.rejected.xlsx"')
    [head, *rows] = openpyxl.load_workbook(io.BytesIO(book.body))["in_Client"].iter_rows()
    assert [cell.value for cell in head[:5]][1:3] == ["rejected_line", "rejected_column"]
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    assert "=1+1" in [cell.value for cell in rows[0]]
    exact = web.get(f"{path}/rejects/0.csv")
    assert '"=1+1"' in exact.text
    assert exact.headers["content-type"].startswith("text/csv")
    for _ in range(2):
        safe = web.get(f"{path}/rejects/0.csv?safe=1")
        assert safe.headers["content-disposition"].startswith('attachment; filename="Client.0.rejected.safe.csv"')
        cells = [cell for row in csv.reader(safe.body.decode("utf-8-sig").splitlines()) for cell in row]
        assert "'=1+1" in cells
        assert not [cell for cell in cells if cell.startswith("=")]
    assert web.get(f"{path}/rejects/1.csv").status == 404
    # It can be sent again after its correction.
    corrected = exact.text.replace('"1 500,5"\n', '"1500.5"\n').encode()
    _, page = filled(web, "Client.rejected.csv", corrected)
    assert (page["tables"][0]["table"], page["tables"][0]["rows"]) == ("in_Client", 1)


def test_a_partner_has_its_own_uploads_and_privileges(site: Site, serve_web: ServeWeb) -> None:
    users = as_users(site, serve_web)
    path, page = filled(users["pavel"], "Client.csv", GOOD)
    assert users["petra"].get(path).status == 404
    assert users["petra"].get(API).json["uploads"] == []
    assert act(users["petra"], f"{path}/load", check=page["check"]).status == 404
    assert users["aidana"].get(path).status == 200
    assert send(users["vera"], "Client.csv", GOOD).status == 403
    assert users["vera"].get(API).status == 403
    assert audit(site)[-1]["outcome"] == "refused"
    site.look(f"revoke temporary on database {site.database.name} from public")
    _, without = filled(users["pavel"], "Client.csv", GOOD)
    assert (without["upload"]["step"], "temporary" in without["error"]) == ("failed", True)
    site.look(f"grant temporary on database {site.database.name} to public")
    site.look(f"revoke insert (name) on in_tables.in_Client from {site.partner_role}")
    refused = act(users["pavel"], f"{path}/load", check=page["check"])
    assert (refused.status, "permission denied" in refused.json["detail"]) == (503, True)
    assert site.count("in_tables.in_Client") == 0
    assert users["pavel"].get(path).json["upload"]["step"] == "checked"
    site.look(f"grant insert (name) on in_tables.in_Client to {site.partner_role}")
    assert act(users["pavel"], f"{path}/load", check=page["check"], hand_over="yes").status == 200
    assert site.run().run
    assert site.partner.statuses("in_Client") == {"DONE": 2}


@pytest.mark.nightly
def test_checks_are_ended_and_made_again(site: Site, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "_AT_ONCE", 1)
    with site.partner.holding("lock table in_Client in access exclusive mode") as held:
        path, waiting = (uploaded(send(web, "Client.csv", GOOD)) for _ in range(2))
        until(lambda: blocked(site), "the check waits for the table")
        assert act(web, f"{path}/load", check="none").status == 409
        # One that has not begun is ended at once.
        assert act(web, f"{waiting}/cancel").status == 200
        assert web.get(waiting).json["upload"]["step"] == "cancelled"
        assert act(web, f"{waiting}/check").status == 200
        assert act(web, f"{path}/cancel").status == 200
        page = checked(web, path)
        held.rollback()
    assert page["upload"]["step"] == "cancelled"
    assert checked(web, waiting)["upload"]["step"] == "checked"
    assert act(web, f"{path}/cancel").status == 409
    assert act(web, f"{path}/check").status == 200
    assert checked(web, path)["upload"]["step"] == "checked"


def test_a_check_is_made_again_after_a_restart(site: Site, serve_web: ServeWeb) -> None:
    with (
        site.partner.holding("lock table in_Client in access exclusive mode") as held,
        serving_at(site, "127.0.0.1:0") as opened,
    ):
        path = uploaded(send(Web(opened.addresses[0].port), "Client.csv", GOOD))
        until(lambda: blocked(site), "the check waits for the table")
        opened.application.console.uploads.end()
        held.rollback()
    web = serve_web(site)
    assert checked(web, path)["tables"][0]["rows"] == 2
    # Another process that shares the spool was killed: this one takes its check over.
    state = next((site.home / "spool" / "uploads").glob("*/state.json"))
    state.write_text(json.dumps(json.loads(state.read_text()) | {"check": None}))
    assert web.opened
    web.opened.application.console.uploads._next_sweep = 0.0
    assert checked(web, path)["tables"][0]["rows"] == 2


def test_a_kill_in_a_load_leaves_nothing_and_it_is_done_once(site: Site, serve_web: ServeWeb) -> None:
    first = site.start("web", "--listen", "127.0.0.1:0")
    assert first.stdout
    web = Web(int(first.stdout.readline().split(":")[2].split("/")[0]))
    path, page = filled(web, "Client.csv", GOOD)
    with site.partner.holding("lock table in_Client in exclusive mode") as held:
        thread = start_load(web, path, page["check"])
        until(lambda: blocked(site), "the load waits for the table")
        first.send_signal(signal.SIGKILL)
        assert ended(first).code == -signal.SIGKILL
        thread.join()
        held.rollback()
    until(lambda: not blocked(site), "the server has noticed")
    assert site.count("in_tables.in_Client") == 0
    web = serve_web(site)
    assert web.get(path).json["upload"]["step"] == "checked"
    assert act(web, f"{path}/load", check=page["check"], on_duplicate="error").json["values"]["rows"] == 2
    assert site.count("in_tables.in_Client") == 2


def test_a_kill_after_the_commit_is_known_to_the_server(site: Site, web: Web) -> None:
    path, page = filled(web, "Client.csv", GOOD)
    assert act(web, f"{path}/load", check=page["check"], on_duplicate="error").status == 200
    state = next((site.home / "spool" / "uploads").glob("*/state.json"))
    note(state, is_committed=False)
    assert web.get(path).json["upload"]["step"] == "loaded"
    assert act(web, f"{path}/load", check=page["check"], on_duplicate="error").json["values"]["rows"] == 2
    assert site.count("in_tables.in_Client") == 2
    with psycopg.connect(**superuser(site.database)) as other:
        [number] = other.execute("select pg_current_xact_id()::text").fetchone() or [""]
        note(state, is_committed=False, transaction=number)
        busy = act(web, f"{path}/load", check=page["check"])
        assert (busy.status, busy.json["code"]) == (409, "conflict"), "the load is still under way"
    note(state, is_committed=False, transaction=rolled_back(site))
    found = web.get(path).json["upload"]
    assert (found["step"], found["is_unfinished"]) == ("checked", True)


def test_uploads_expire(site: Site, web: Web) -> None:
    path, page = filled(web, "Client.csv", GOOD)
    for state in (site.home / "spool" / "uploads").glob("*/state.json"):
        os.utime(state, (time.time() - 3601, time.time() - 3601))
    assert web.opened
    web.opened.application.console.uploads.spool.sweep()
    gone = web.get(path)
    assert (gone.status, gone.json["code"]) == (410, "gone")
    assert in_spool(site) == ["incoming", "uploads"]
    assert act(web, f"{path}/load", check=page["check"]).status == 410


def test_hand_over_by_itself(site: Site, web: Web) -> None:
    path, page = filled(web, "Client.csv", GOOD)
    assert act(web, f"{path}/load", check=page["check"]).json["values"]["is_handed_over"] is False
    site.partner("insert into process_tracking (oper_date, load_status, ins_inkafka_status) values (now(), 1, 1)")
    assert not site.run().run
    [loading] = site.partner("insert into process_tracking (oper_date, load_status) values (now(), 0) returning id")
    refused = act(web, f"{API}/hand-over")
    assert (refused.status, "says that rows are being loaded" in refused.json["detail"]) == (409, True)
    site.partner("delete from process_tracking where id = %s", [loading["id"]])
    assert act(web, f"{API}/hand-over").status == 200
    assert site.run().run
    assert site.partner.statuses("in_Client") == {"DONE": 2}

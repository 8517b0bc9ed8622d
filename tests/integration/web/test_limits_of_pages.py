"""What pages show of very large values, and of runs that are no longer kept."""

import re

from tests.fix_company import STORE, Site
from tests.fix_web import ServeWeb
from tests.integration.kafka_in.test_dead_letters import reading

_TEN_MB = 10_000_000
# More than any page of this small company needs, far less than one such value.
_MOST_BYTES = 60_000


def test_a_value_of_ten_megabytes(site: Site, serve_web: ServeWeb) -> None:
    site.set(copyTables="false")
    large = "'" + "x" * _TEN_MB + "'"
    site.partner(f"insert into in_Client (in_id, name, amount) values ('bad', {large}, 'NaN'), ('good', {large}, 1)")
    site.partner.hand_over()
    assert site.run().errors == 1
    error = site.value("select max(id) from in_tables.err")
    web = serve_web(site)
    for path in (
        "errors",
        f"errors/{error}",
        f"errors/{error}?column=Name",
        "instance?table=in_Client&in_id=bad",
        "instance/history?table=in_Client&in_id=good",
        "now",
    ):
        for begin in ("", "/api/v1"):
            reply = web.get(f"{begin}/c/demo/{path}")
            assert (reply.status, len(reply.body) < _MOST_BYTES) == (200, True), f"{path}: {len(reply.body):,} bytes"
    [link] = re.findall(r'href="([^"]+/row/[^"]+\.txt)"', web.get(f"/c/demo/errors/{error}").text)
    whole = web.get(link)
    assert (whole.status, len(whole.body)) == (200, _TEN_MB)
    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert whole.headers["content-disposition"].startswith("attachment;")
    assert web.get(link.replace("/row/", "/row/no_")).status == 404


def test_a_run_that_was_cleaned_away_has_its_receipts(site: Site, serve_web: ServeWeb) -> None:
    site.set(copyTables="false")
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"}, {"in_id": "good", "amount": 1})
    site.partner.hand_over()
    run = site.run().run
    web = serve_web(site)
    assert web.get(f"/c/demo/runs/{run}").status == 200
    site.look(f"delete from {STORE}.unit where number = %s", [run])
    gone = web.get(f"/api/v1/c/demo/runs/{run}")
    assert (gone.status, gone.json["code"]) == (410, "gone")
    assert re.fullmatch(
        rf"Run {run} was cleaned away\. It ended at [-\d]+ [:\d]+ and took 2 rows, 1 of them rejected\.",
        gone.json["detail"],
    )
    assert web.get("/api/v1/c/demo/runs/1883069173526821927").status == 404


def test_rejected_records_are_pages_of_a_hundred(site: Site, serve_web: ServeWeb) -> None:
    with reading(site, "clients"):
        site.look(
            f"insert into {STORE}.kafka_dead_letter "
            "(unit, topic, partition, record_offset, value, code, message, path) "
            "select 1, 'clients', 0, n, convert_to(repeat('x', %s) || chr(8238), 'UTF8'), 'BAD_JSON', 'm', '' "
            "from generate_series(1, 101) n",
            [_MOST_BYTES],
            at=site.store_database,
        )
    web = serve_web(site)
    first = web.get("/api/v1/c/demo/kafka?code=BAD_JSON").json
    assert [one["id"] for one in first["letters"]] == [str(n) for n in range(101, 1, -1)]
    [link] = re.findall(r'href="(\?[^"]*before=\d+)"', web.get("/c/demo/kafka?code=BAD_JSON").text)
    assert link == "?code=BAD_JSON&amp;before=2"
    rest = web.get("/api/v1/c/demo/kafka" + link.replace("&amp;", "&")).json
    assert ([one["id"] for one in rest["letters"]], rest["next"]) == (["1"], None)
    letter = web.get("/api/v1/c/demo/kafka/letters/1").json
    assert (len(letter["value"]), letter["value_bytes"], letter["is_shortened"]) == (20_000, _MOST_BYTES + 3, True)
    site.look(f"update {STORE}.kafka_dead_letter set value = %s where id = 1", ["a\n\u202eb".encode()])
    shown = web.get("/c/demo/kafka/letters/1").text
    assert "<bdi>a\n\\u202eb</bdi>" in shown

"""Corrections by a person: loads do not overwrite them, and they can be ended and reverted."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from etl.engine import pin
from etl.errors import ConfigurationError
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, STORE, MakeSite, Row, Site, superuser, until

AS_IT_IS = "called so by its owner"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    made = make_site(CLAIMS)
    made.partner.fill(
        "in_client", {"in_id": "a", "name": "Ann", "amount": 1}, {"in_id": "b", "name": "Bob", "amount": 2}
    )
    made.run()
    return made


def _pin(site: Site, *words: str) -> Any:
    ended = site.etl("pin", *words, "--reason", AS_IT_IS, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)["pin"]


def _load(site: Site, *rows: Row) -> Any:
    """The receipt of in_Client in the run that loads these rows."""
    site.partner.hand_over()
    for row in rows:
        site.partner("delete from in_client where in_id = %s", [row["in_id"]])
    site.partner.fill("in_client", *rows)
    run = site.run().run
    assert run
    return {"run": run} | json.loads(site.etl("runs", "show", str(run), "--json").out)["receipt"]["in_Client"]


def _pins(site: Site) -> list[tuple[str, str]]:
    found = json.loads(site.etl("pin", "list", "Client", "--json").out)["pins"]
    return [(one["field"], one["value"]) for one in found]


def _clients(site: Site) -> dict[str, tuple[str, Any]]:
    """In the store, which the out_ table must be equal to."""
    found = site.look(f"select _in_id, name, amount from {STORE}.bo_client", at=site.store_database)
    shown = site.look("select name, amount from out_demo_1_1.client")
    assert sorted((row["name"], row["amount"]) for row in found) == sorted(
        (row["name"], row["amount"]) for row in shown
    )
    return {row["_in_id"]: (row["name"], row["amount"]) for row in found}


@BOTH_LAYOUTS
def test_a_pin_survives_loads_and_says_what_it_held_back(site: Site) -> None:
    one = _pin(site, "Client", "a", "name", "Anna")
    assert _clients(site)["a"] == ("Anna", 1)
    receipt = _load(site, {"in_id": "a", "name": "Ann", "amount": 5}, {"in_id": "b", "name": "Bo", "amount": 2})
    assert _clients(site) == {"a": ("Anna", 5), "b": ("Bo", 2)}
    assert (receipt["changed"], receipt["held"]) == (2, 1)
    [error] = site.errors()
    assert (error["code"], error["severity"], error["column_name"], error["value"]) == (
        "VALUE_PINNED", "info", "Name", "Ann",
    )  # fmt: skip
    assert site.look("select held from in_tables.migration_receipt where held > 0") == [{"held": 1}]
    explained = site.etl("explain", "in_Client", "a").out
    assert "pinned    Name to `Anna` by" in explained
    assert AS_IT_IS in explained
    listed = json.loads(site.etl("pin", "list", "--json").out)["pins"]
    assert [(row["unit"], row["field"], row["value"], row["before"]) for row in listed] == [
        (one["unit"], "Name", "Anna", "Ann")
    ]
    assert f"pin {one['unit']}, by" in site.etl("history", "Client", "a").out


def test_a_pin_ends_by_another_value_and_returns_with_an_undo(site: Site) -> None:
    _pin(site, "Client", "a", "Name", "Anna", "--until-changed")
    receipt = _load(site, {"in_id": "a", "name": "Ann", "amount": 1})
    assert (_clients(site)["a"], receipt["held"]) == (("Anna", 1), 1)
    receipt = _load(site, {"in_id": "a", "name": "Anne", "amount": 1})
    assert (_clients(site)["a"], receipt.get("held"), _pins(site)) == (("Anne", 1), None, [])
    assert site.etl("undo", str(receipt["run"])).code == 0
    assert (_clients(site)["a"], _pins(site)) == (("Anna", 1), [("Name", "Anna")])
    _load(site, {"in_id": "a", "name": "Anna", "amount": 1})  # the source says it too by now: that ends it as well
    assert (_clients(site)["a"], _pins(site)) == (("Anna", 1), [])


@pytest.mark.nightly
def test_undos_know_pins(site: Site) -> None:
    """That of a pin takes it back, its undo pins again, and that of a run leaves what was pinned since."""
    receipt = _load(site, {"in_id": "a", "name": "Anna", "amount": 7})
    one = _pin(site, "Client", "a", "Name", "Anna")  # the value that it has: nothing of it is in the journal
    found = json.loads(site.etl("undo", str(receipt["run"]), "--json").out)["counters"]
    assert (_clients(site)["a"], found["kept"]) == (("Anna", 1), 1)
    other = _pin(site, "Client", "a", "Name", "Hannah")
    undone = json.loads(site.etl("undo", other["unit"], "--json").out)
    assert (_clients(site)["a"], _pins(site), undone["counters"]["restored"]) == (("Anna", 1), [("Name", "Anna")], 1)
    assert site.etl("undo", undone["as_run"]).code == 0
    assert (_clients(site)["a"], _pins(site), one["before"]) == (("Hannah", 1), [("Name", "Hannah")], "Anna")


@pytest.mark.nightly
def test_without_a_pin_loads_write_again(site: Site) -> None:
    one = _pin(site, "Client", "a", "Amount", "--null")
    _load(site, {"in_id": "a", "name": "Ann", "amount": 8})
    assert _clients(site)["a"] == ("Ann", None)
    ended = site.etl("pin", "remove", "Client", "a", "amount")
    assert f"it keeps null until a source brings a value. `etl undo {one['unit']}` gives back `1.0000`." in ended.out
    assert _clients(site)["a"] == ("Ann", None)
    assert site.etl("pin", "remove", "Client", "a", "amount").code == 2
    _load(site, {"in_id": "a", "name": "Ann", "amount": 8})
    assert _clients(site)["a"] == ("Ann", 8)
    kinds = [row["kind"] for row in json.loads(site.etl("runs", "list", "--source", "pin", "--json").out)["runs"]]
    assert kinds == ["pin", "pin"]


def test_what_a_field_does_not_take_is_not_pinned(site: Site) -> None:
    site.partner.hand_over()
    site.partner("update in_client set removed = true, in_status = '' where in_id = 'b'")
    site.run()
    before = site.fingerprint()
    known = "that sources load and a pin can hold: it has Name, Amount"
    refused = {
        ("Client", "a", "Amount", "much"): "Amount: `much` is no number",
        ("Client", "a", "Nam", "x"): f"Client has no field `Nam` {known}",
        ("Client", "z", "Name", "x"): "Client has no instance `z`",
        ("Client", "b", "Name", "x"): "Client `b` is REMOVED",
        ("Clint", "a", "Name", "x"): "Clint is no table of a business object; did you mean in_Client?",
    }
    with site.runtime() as runtime:
        for (table, named, field, value), message in refused.items():
            with pytest.raises(ConfigurationError) as fault:
                pin(runtime, table, named, field, value, reason=AS_IT_IS, by="test")
            assert message in str(fault.value)
    assert site.etl("pin", "Client", "a", "Name", "--reason", "x").code == 2
    assert site.fingerprint() == before


def test_a_pin_waits_for_open_transactions_of_sources(site: Site) -> None:
    """A merge that has staged rows without the pin ends before it."""
    waits = f"select 1 from pg_locks where not granted and relation = '{STORE}.store_fence'::regclass"
    with site.runtime() as runtime, psycopg.connect(**superuser(site.store_database)) as source:
        source.execute(f"select from {STORE}.store_fence for share")
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(pin, runtime, "Client", "a", "Name", "Anna", reason=AS_IT_IS, by="test")
            until(lambda: site.look(waits, at=site.store_database), "the pin waits")
            assert not done.done()
            source.rollback()
            assert done.result().is_changed

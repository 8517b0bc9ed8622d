"""Links are shown while both ends are: removed instances hide theirs, whatever else becomes of these meanwhile."""

import random
from collections.abc import Iterator

import pytest

from etl.engine import build_version
from tests.fix_company import BOTH_LAYOUTS, OUT, OUT_CONFIG, STORE, Row
from tests.integration.outputs.conftest import Outbound

SECOND = "out_demo_1_2"
Pair = tuple[str, str]
NAMES = {"a": "Anna", "b": "Bela", "f": "Firm", "k": "Claim"}
TABLES = {"a": "in_Client", "b": "in_Client", "f": "in_Firm", "k": "in_Claim"}
# Link table, its column of the target, the golden link table, targets.
CLIENT = ("in_Claim_Client", "client_id", "Claim_Client", ("a", "b"))
PARTY_CLIENT = ("in_Claim_Party_Client", "party_id", "Claim_Party", ("a", "b"))
PARTY_FIRM = ("in_Claim_Party_Firm", "party_id", "Claim_Party", ("f",))


class Claims:
    """What readers must see: one claim, its client, its parties, and which instances are there."""

    def __init__(self, outbound: Outbound) -> None:
        self.outbound = outbound
        self.hidden: set[str] = set()
        self.links: dict[str, set[str]] = {"Claim_Client": {"a"}, "Claim_Party": {"b", "f"}}

    def show(self, in_id: str, *, is_shown: bool) -> None:
        """The instance is removed, or returns."""
        row: Row = {"in_id": in_id, "title" if in_id == "k" else "name": NAMES[in_id], "removed": not is_shown}
        self.outbound.load(TABLES[in_id], row)
        (self.hidden.discard if is_shown else self.hidden.add)(in_id)

    def link(self, table: tuple[str, str, str, tuple[str, ...]], target: str, *, is_there: bool) -> None:
        """A link comes, or is taken away; the client of a claim is the newest one."""
        name, column, golden, _ = table
        self.outbound.load(name, {"claim_id": "k", column: target, "removed": not is_there})
        if is_there and golden == "Claim_Client":
            self.links[golden] = {target}
        elif is_there:
            self.links[golden].add(target)
        else:
            self.links[golden].discard(target)

    def shown(self, golden: str) -> set[Pair]:
        hidden = self.hidden
        return {("k", target) for target in self.links[golden] if target not in hidden and "k" not in hidden}

    def check(self, *schemas: str) -> None:
        """Golden links are kept; each version shows those whose ends are there."""
        for golden in self.links:
            assert {pair[1] for pair in self._pairs(f"{STORE}.link_{golden}", "_owner", "_target")} == self.links[
                golden
            ]
            target = "client_id" if golden == "Claim_Client" else "party_id"
            for schema in schemas:
                found = set(self._pairs(f"{schema}._{golden}_", "claim_id", target))
                assert found == self.shown(golden), (schema, golden)

    def _pairs(self, table: str, owner: str, target: str) -> Iterator[Pair]:
        names = self._names()
        for row in self.outbound.site.look(f"select {owner} as owner, {target} as target from {table}"):
            yield names[row["owner"]], names[row["target"]]

    def _names(self) -> dict[str, str]:
        tables = " union all ".join(f"select _id, _in_id from {STORE}.bo_{bo}" for bo in ("Client", "Firm", "Claim"))
        return {row["_id"]: row["_in_id"] for row in self.outbound.site.look(tables)}


@BOTH_LAYOUTS
@pytest.mark.parametrize("in_id", NAMES)
def test_each_end_hides_its_links_and_brings_them_back(outbound: Outbound, in_id: str) -> None:
    claims = Claims(outbound)
    claims.show(in_id, is_shown=False)
    claims.check(OUT)
    claims.show(in_id, is_shown=True)
    claims.check(OUT)


@BOTH_LAYOUTS
def test_both_ends_removed_return_one_after_the_other(outbound: Outbound) -> None:
    claims = Claims(outbound)
    for in_id, is_shown in (("a", False), ("k", False), ("a", True), ("k", True)):
        claims.show(in_id, is_shown=is_shown)
        claims.check(OUT)


@BOTH_LAYOUTS
def test_what_is_taken_away_or_brought_while_its_end_is_hidden(outbound: Outbound) -> None:
    claims = Claims(outbound)
    claims.show("k", is_shown=False)
    claims.link(CLIENT, "a", is_there=False)
    claims.link(PARTY_CLIENT, "a", is_there=True)
    claims.check(OUT)
    claims.show("k", is_shown=True)
    claims.check(OUT)
    assert claims.shown("Claim_Client") == set()
    assert claims.shown("Claim_Party") == {("k", "a"), ("k", "b"), ("k", "f")}


@BOTH_LAYOUTS
def test_links_to_what_the_same_batch_removes(outbound: Outbound) -> None:
    """They are kept, and hidden like those of before; so are those of an owner that was removed long ago."""
    claims = Claims(outbound)
    outbound.site.partner.redeliver("in_Client", {"in_id": "b", "removed": True})
    claims.link(CLIENT, "b", is_there=True)
    claims.hidden.add("b")
    claims.check(OUT)
    assert outbound.site.partner.statuses("in_Claim_Client") == {"DONE": 1}
    claims.show("k", is_shown=False)
    outbound.run()
    claims.link(PARTY_CLIENT, "a", is_there=True)
    assert outbound.site.partner.statuses("in_Claim_Party_Client") == {"DONE": 1}
    assert outbound.site.count(f"{STORE}.boi_reference") == 0
    claims.check(OUT)
    for in_id in ("k", "b"):
        claims.show(in_id, is_shown=True)
        claims.check(OUT)


@BOTH_LAYOUTS
@pytest.mark.parametrize("in_id", NAMES)
def test_undo_of_a_removal_and_of_a_return(outbound: Outbound, in_id: str) -> None:
    claims = Claims(outbound)
    for is_shown in (False, True):
        claims.show(in_id, is_shown=is_shown)
        run = outbound.site.value("select max(id) from in_tables.run")
        assert outbound.site.etl("undo", str(run)).code == 0
        claims.hidden ^= {in_id}
        outbound.run()
        claims.check(OUT)
        claims.show(in_id, is_shown=is_shown)


@BOTH_LAYOUTS
@pytest.mark.parametrize("keeps", ["leave", "mark"])
def test_a_version_that_is_made_meanwhile(outbound: Outbound, keeps: str) -> None:
    """It shows what the other does, and both follow."""
    claims, site = Claims(outbound), outbound.site
    claims.show("a", is_shown=False)
    site.edit(OUT_CONFIG, "hasOutMigration=true", f"hasOutMigration=true\nremovedInOut={keeps}")
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    with site.runtime() as runtime:
        build_version(runtime, "2", lambda _: None)
    claims.check(OUT, SECOND)
    for in_id, is_shown in (("k", False), ("a", True), ("f", False), ("k", True), ("f", True)):
        claims.show(in_id, is_shown=is_shown)
        claims.check(OUT, SECOND)
    states = {row["system_state"] for row in site.look(f"select * from {SECOND}.Client") if keeps == "mark"}
    assert states <= {"ACTUAL"}


@BOTH_LAYOUTS
@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_such_acts(outbound: Outbound, seed: int) -> None:
    claims, chance = Claims(outbound), random.Random(seed)
    for _ in range(14):
        if chance.random() < 0.6:
            in_id = chance.choice(list(NAMES))
            claims.show(in_id, is_shown=in_id in claims.hidden)
        else:
            table = chance.choice([CLIENT, PARTY_CLIENT, PARTY_FIRM])
            claims.link(table, chance.choice(table[3]), is_there=chance.random() < 0.5)
        claims.check(OUT)

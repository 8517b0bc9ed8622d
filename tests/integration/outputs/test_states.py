"""Instances in the states ARCHIVED and TEST, with their links, in versions that show them and in others."""

import random

import pytest

from etl.engine import build_version
from etl.errors import ConfigurationError
from tests.fix_company import BOTH_LAYOUTS, ONLY_APART, OUT, OUT_CONFIG, STORE, Row
from tests.integration.outputs.conftest import Outbound

STATES = ("ACTUAL", "REMOVED", "ARCHIVED", "TEST")
KEYS = {"REMOVED": "removedInOut", "ARCHIVED": "archivedInOut", "TEST": "testInOut"}
BOS = {"a": "Client", "b": "Client", "f": "Firm", "k": "Claim"}
LINKS = {"_Claim_Client_": ("client_id", {"a"}), "_Claim_Party_": ("party_id", {"b", "f"})}
VERSIONS: dict[str, tuple[str, ...]] = {
    "1": (),
    "2": ("ARCHIVED",),
    "3": ("TEST", "REMOVED"),
    "4": ("REMOVED", "ARCHIVED", "TEST"),
}


class Instances:
    """The two clients, the firm and the claim with its links, and the state of each."""

    def __init__(self, outbound: Outbound) -> None:
        self.outbound, self.site = outbound, outbound.site
        self.states = dict.fromkeys(BOS, "ACTUAL")
        self.plain_config = self.site.text(OUT_CONFIG)

    def put(self, in_id: str, state: str) -> None:
        """As the merge of a record does it."""
        old, self.states[in_id] = self.states[in_id], state
        if old == state:
            return
        change = "removed" if state == "REMOVED" else "returned" if old == "REMOVED" else "changed"
        self.site.look(
            f"with changed as ("
            f"  update {STORE}.bo_{BOS[in_id]} set _state = %s, _modified_at = clock_timestamp() where _in_id = %s"
            f"  returning _id"
            f") insert into {STORE}.journal (run, bo, instance, change, before) "
            f"select 1, %s, _id, %s, jsonb_build_object('_state', cast(%s as text)) from changed",
            [state, in_id, BOS[in_id], change, old],
        )

    def configure(self, *kept: str) -> None:
        keys = "".join(f"\n{key}={'mark' if state in kept else 'leave'}" for state, key in KEYS.items())
        self.site.write(OUT_CONFIG, self.plain_config.replace("hasOutMigration=true", f"hasOutMigration=true{keys}"))

    def build(self, name: str) -> str:
        self.configure(*VERSIONS[name])
        with self.site.runtime() as runtime:
            return build_version(runtime, name, lambda _: None).schema

    def check(self, *names: str) -> None:
        for name in names:
            schema, kept = f"out_demo_1_{name}", ("ACTUAL", *VERSIONS[name])
            expected = {in_id: state for in_id, state in self.states.items() if state in kept}
            shown = self.shown(schema)
            if len(kept) == 1:
                assert shown.keys() == expected.keys(), (name, self.states)
            else:
                assert {in_id: row["system_state"] for in_id, row in shown.items()} == expected, (name, self.states)
            of_ids = {row["system_id"]: in_id for in_id, row in shown.items()}
            for table, (column, targets) in LINKS.items():
                pairs = self.site.look(f"select Claim_id as owner, {column} as target from {schema}.{table}")
                found = {(of_ids.get(pair["owner"]), of_ids.get(pair["target"])) for pair in pairs}
                ends = {in_id for in_id, state in expected.items() if state != "REMOVED"}
                assert found == {("k", one) for one in targets if {"k", one} <= ends}, (name, table, self.states)

    def shown(self, schema: str) -> dict[str, Row]:
        of_names = {"Anna": "a", "Bela": "b", "Firm": "f", "Claim": "k"}
        found: dict[str, Row] = {}
        for bo, column in {"Client": "name", "Firm": "name", "Claim": "title"}.items():
            rows = self.site.look(f"select * from {schema}.{bo}")
            found |= {of_names[row[column]]: row for row in rows}
        return found


@BOTH_LAYOUTS
@pytest.mark.parametrize("state", ["ARCHIVED", "TEST"])
def test_they_leave_with_their_links_and_come_back(outbound: Outbound, state: str) -> None:
    instances = Instances(outbound)
    untouched = instances.shown(OUT)["b"]
    for in_id in ("a", "k", "f"):
        for put in (state, "ACTUAL"):
            instances.put(in_id, put)
            outbound.run()
            instances.check("1")
    assert instances.shown(OUT)["b"] == untouched


@BOTH_LAYOUTS
@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_states_in_versions_of_every_kind(outbound: Outbound, seed: int) -> None:
    """Some versions are there from the beginning, the others are made while instances are in all states."""
    instances, chance = Instances(outbound), random.Random(seed)
    made = ["1", *chance.sample(["2", "3", "4"], 2)]
    for name in made[1:]:
        instances.build(name)
    for step in range(8):
        for _ in range(chance.randint(1, 4)):
            instances.put(chance.choice(list(BOS)), chance.choice(STATES))
        outbound.run()
        if step == 4:
            [late] = {*VERSIONS} - {*made}
            instances.build(late)
            made.append(late)
        instances.check(*made)


@BOTH_LAYOUTS
def test_a_shown_instance_gets_its_new_state_and_keeps_its_row(outbound: Outbound) -> None:
    instances = Instances(outbound)
    schema = instances.build("4")
    before = instances.shown(schema)["a"]
    for state in ("ARCHIVED", "TEST", "REMOVED", "ARCHIVED", "ACTUAL"):
        instances.put("a", state)
        outbound.run()
        row = instances.shown(schema)["a"]
        assert (row["id"], row["system_state"]) == (before["id"], state)
        assert row["updated_at"] > before["updated_at"]
        before = row


@BOTH_LAYOUTS
def test_other_states_ask_for_another_version(outbound: Outbound) -> None:
    """Also where the tables are the same: no reader sees rows of another kind come under the version that he reads."""
    instances = Instances(outbound)
    instances.put("a", "ARCHIVED")
    instances.configure("REMOVED", "TEST")
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "3"
    outbound.run()
    instances.check("1", "3")
    instances.configure("REMOVED", "ARCHIVED")
    with pytest.raises(ConfigurationError, match="for other out_ tables than out_demo_1_3 has") as refused:
        outbound.run()
    lines = str(refused.value).splitlines()[1:3]
    assert [line.strip() for line in lines] == [
        "keep ARCHIVED instances in out_demo_1_3",
        "leave out TEST instances in out_demo_1_3",
    ]
    instances.configure(*VERSIONS["4"])
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "4"
    outbound.run()
    instances.check("1", "3", "4")


@BOTH_LAYOUTS
def test_a_version_that_lost_its_position_is_compared_with_states_too(outbound: Outbound) -> None:
    instances = Instances(outbound)
    for name in ("2", "4"):
        instances.build(name)
    for in_id, state in (("a", "ARCHIVED"), ("f", "TEST"), ("b", "REMOVED")):
        instances.put(in_id, state)
    outbound.site.look(f"delete from {STORE}.journal where run = 1")
    outbound.site.look(f"update {STORE}.out_version set place = 'another server'")
    if outbound.site.store_database != outbound.site.out_database:
        outbound.site.look(f"update {STORE}.mirror set place = 'another server'", at=outbound.site.out_database)
    outbound.run()
    instances.check("1", "2", "4")


@ONLY_APART
def test_a_mirror_that_lost_its_position_tells_its_versions(outbound: Outbound) -> None:
    """These have their own, and follow the differences that the mirror finds."""
    instances = Instances(outbound)
    instances.build("2")
    instances.put("b", "TEST")
    outbound.run()
    for in_id, state in (("a", "ARCHIVED"), ("f", "TEST"), ("b", "ACTUAL")):
        instances.put(in_id, state)
    outbound.site.look(f"delete from {STORE}.journal where run = 1", at=outbound.site.store_database)
    outbound.site.look(f"update {STORE}.mirror set place = 'another server'", at=outbound.site.out_database)
    outbound.run()
    instances.check("1", "2")


@BOTH_LAYOUTS
def test_what_is_exported_is_what_readers_see(outbound: Outbound) -> None:
    instances = Instances(outbound)
    instances.put("a", "ARCHIVED")
    instances.put("f", "TEST")
    outbound.run()
    assert outbound.names() == ["Bela"]
    assert outbound.site.look("select name from out_demo.Client") == [{"name": "Bela"}]
    assert outbound.site.count("out_demo.Firm") == 0
    assert outbound.site.count("out_demo._Claim_Party_") == 1

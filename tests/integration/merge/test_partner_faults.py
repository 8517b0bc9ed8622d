"""What partners do to marker, rows and tables beside the handshake, and what becomes of the run.

By number of the failure catalogue: 36 to 39 in test_meanwhile.py · 40 a writer that commits late · 41 the marker twice,
rubbish in it · 42 our columns written · 43 locks in tests/integration/runs/test_lock_timeout.py · 44 columns dropped,
renamed, retyped mid-run · 45 owners, triggers, rules, row security, views in tests/integration/ddl/test_compare.py, and
here between two runs · 68 metadata that the live tables do not have.
"""

import pytest

from etl.errors import EnvironmentFault
from tests.fix_company import CODE
from tests.integration.merge.conftest import Inbound
from tests.integration.merge.test_meanwhile import claimed


def client(key: str, **values: object) -> dict[str, object]:
    return {"in_id": key, "name": f"client {key}", **values}


def test_a_writer_that_began_before_the_marker_and_commits_after_the_run(inbound: Inbound) -> None:
    """40: what it wrote waits for the next hand-over, and is not lost."""
    inbound.partner.fill("in_Client", client("a"))
    with inbound.partner.holding("insert into in_tables.in_Client (in_id, name) values ('late', 'x')") as session:
        assert inbound.merge().receipts[0].claimed == 1
        session.commit()
    assert sorted(inbound.golden()) == ["a"]
    assert inbound.partner.statuses("in_Client") == {"DONE": 1, "": 1}
    inbound.merge()
    assert sorted(inbound.golden()) == ["a", "late"]


def test_a_marker_that_is_set_twice(inbound: Inbound) -> None:
    """41: two rows, or the same row said again, ask for one run."""
    inbound.partner.fill("in_Client", client("a"))
    inbound.partner.hand_over_by_row()
    number = inbound.partner.hand_over_by_row()
    inbound.partner("update process_tracking set load_status = 1")
    assert inbound.site.run().run
    assert inbound.site.run().run is None
    assert inbound.partner.marker()["id"] == number
    inbound.partner("update process_tracking set load_status = 1")
    assert inbound.site.run().run is None


@pytest.mark.parametrize(
    "values",
    [
        "load_status = 7",
        "load_status = -1",
        "load_status = 2147483647",
        "load_status = null",
        "load_status = 1, ins_inkafka_status = 9",
        "load_status = 1, ins_inkafka_status = -1",
    ],
)
def test_rubbish_in_the_marker_starts_nothing_and_is_named(inbound: Inbound, values: str) -> None:
    """41: and a correct hand-over afterwards starts a run, whatever the other columns hold."""
    inbound.merge()
    inbound.partner.fill("in_Client", client("a"))
    number = inbound.partner.hand_over_by_row()
    inbound.partner(f"update process_tracking set {values} where id = {number}")
    outcome = inbound.site.run()
    assert outcome.run is None
    assert f"in_tables.process_tracking id={number}" in outcome.reason
    rest = "occupied_by_process = -5, oper_date = '0044-03-15 BC', periodic_update_time = 'infinity'"
    inbound.partner(f"update process_tracking set load_status = 1, ins_inkafka_status = 0, {rest} where id = {number}")
    assert inbound.site.run().run
    assert sorted(inbound.golden()) == ["a"]


def test_our_columns_are_not_the_partners_to_write(inbound: Inbound) -> None:
    """42: '' makes a row ready, and so does ON_WORK without a run; nothing written there loses a row."""
    inbound.partner.fill("in_Client", client("plain"), client("occupied"))
    inbound.partner("update in_Client set occupied_id = 42, occupied_at = 'infinity' where in_id = 'occupied'")
    for status in ("DONE", "ERROR", "ON_WORK", "done", " "):
        inbound.partner.fill("in_Client", client(f"is {status}", in_status=status))
    inbound.partner.fill("in_Claim", {"in_id": "k"})
    inbound.partner.fill("in_Claim_Watcher", {"claim_id": "k", "watcher_id": "plain", "in_status": "ON_WORK"})
    assert inbound.merge().receipts[0].claimed == 3
    assert sorted(inbound.golden()) == ["is ON_WORK", "occupied", "plain"]
    assert inbound.links("Watcher") == [("k", "plain")]
    assert inbound.partner.statuses("in_Client") == {"DONE": 4, "ERROR": 1, "done": 1, " ": 1}


def test_our_columns_written_after_the_claim(inbound: Inbound) -> None:
    """42: such rows are the partner's again and counted as vanished; the others are merged, and none stays claimed."""
    inbound.merge()
    inbound.partner.fill("in_Client", *(client(key) for key in "abcd"))
    with claimed(inbound) as run:
        inbound.partner("update in_Client set in_status = 'DONE' where in_id = 'b'")
        inbound.partner("update in_Client set occupied_id = null where in_id = 'c'")
        inbound.partner("update in_Client set occupied_id = -1, in_status = 'ERROR' where in_id = 'd'")
        inbound.partner.fill("in_Client", client("never claimed", in_status="ON_WORK"))
    counts = next(one for one in run.result().receipts if one.in_table == "in_Client")
    assert (counts.claimed, counts.created, counts.released, counts.vanished) == (4, 1, 0, 3)
    assert sorted(inbound.golden()) == ["a"]
    assert inbound.partner.statuses("in_Client") == {"DONE": 2, "": 2, "ERROR": 1}


def test_a_row_that_a_partner_calls_claimed_mid_run_is_the_next_runs(inbound: Inbound) -> None:
    """42: it is not looked for where all claimed rows were marked, and it is not lost."""
    inbound.merge()
    inbound.partner.fill("in_Client", client("a"))
    with claimed(inbound) as run:
        inbound.partner.fill("in_Client", client("b", in_status="ON_WORK"))
    assert run.result().receipts[0].claimed == 1
    assert sorted(inbound.golden()) == ["a"]
    assert inbound.merge().receipts[0].claimed == 1
    assert sorted(inbound.golden()) == ["a", "b"]


@pytest.mark.parametrize(
    ("harm", "cure", "word"),
    [
        ("drop column amount", "add column amount numeric(24,4)", "amount"),
        ("rename column amount to amuont", "rename column amuont to amount", "amount"),
        (
            "alter amount type text",
            "alter amount type numeric(24,4) using amount::numeric",
            "numeric = text|external .numeric",
        ),
        ("rename to gone", "", "in_client"),
    ],
)
def test_a_table_that_changes_its_shape_mid_run(inbound: Inbound, harm: str, cure: str, word: str) -> None:
    """44: the run stops with the store whole; fixed, the same run continues."""
    inbound.merge()
    inbound.partner.fill("in_Client", client("a", amount=1))
    before = inbound.site.fingerprint()
    with claimed(inbound) as run:
        inbound.site.look(f"alter table in_tables.in_Client {harm}")
    with pytest.raises(EnvironmentFault, match=word):
        run.result()
    assert inbound.site.fingerprint() == before
    with pytest.raises(EnvironmentFault, match="in_Client"):
        inbound.site.run()
    inbound.site.look(
        f"alter table in_tables.in_Client {cure}" if cure else "alter table in_tables.gone rename to in_client"
    )
    outcome = inbound.site.run()
    assert outcome.taken_over
    assert sorted(inbound.golden()) == ["a"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (
            "create function in_tables.spy() returns trigger language plpgsql as 'begin return new; end';"
            "create trigger spy before update on in_tables.in_Client for each row execute function in_tables.spy()",
            "in_Client: carries triggers: spy",
        ),
        ("create rule quiet as on update to in_tables.in_Client do also notify x", "in_Client: carries rules: quiet"),
        ("alter table in_tables.in_Client enable row level security", "in_Client: has row security"),
        ("alter table in_tables.in_Client owner to partner", "in_Client: belongs to the role partner"),
        (
            "alter table in_tables.in_Client rename to hidden;"
            "create view in_tables.in_Client as select * from in_tables.hidden",
            "in_Client: is a view, the metadata says a table",
        ),
    ],
)
def test_a_table_that_could_run_foreign_code(inbound: Inbound, harm: str, words: str) -> None:
    """45: refused before a row is claimed, and the marker waits."""
    inbound.merge()
    inbound.partner.fill("in_Client", client("a"))
    before = inbound.site.fingerprint()
    inbound.partner.hand_over()
    inbound.site.look(harm.replace("to partner", f"to partner_{inbound.site.database.name}"))
    with pytest.raises(EnvironmentFault, match=words):
        inbound.site.run()
    assert inbound.site.fingerprint() == before
    assert inbound.site.count("in_tables.run where state = 'running'") == 0
    assert inbound.partner("select 1 from process_tracking") == []
    kept = "hidden" if "hidden" in harm else "in_Client"
    assert inbound.site.look(f"select in_id, in_status from in_tables.{kept}") == [{"in_id": "a", "in_status": ""}]


def test_a_default_of_the_table_is_never_asked(inbound: Inbound) -> None:
    """45: the engine inserts nothing into an in_ table; a default works for the partner alone."""
    inbound.site.look("alter table in_tables.in_Client alter name set default 'from ' || current_user")
    inbound.partner.fill("in_Client", {"in_id": "a"})
    inbound.merge()
    assert inbound.golden()["a"]["name"] == f"from partner_{inbound.site.database.name}"


def test_metadata_that_the_live_tables_do_not_have(inbound: Inbound) -> None:
    """68: the difference is shown, nothing is changed, and no row is claimed."""
    inbound.merge()
    inbound.partner.fill("in_Firm", {"in_id": "a", "name": "A"})
    path = f"companies/{CODE}/business-objects/Firm.yaml"
    inbound.site.edit(
        path, "  - {code: Name", "  - {code: Opened, type: DATE, needLoadFromInTables: true}\n  - {code: Name"
    )
    inbound.partner.hand_over()
    with pytest.raises(EnvironmentFault, match=r"missing: add column in_tables\.in_Firm\.Opened") as caught:
        inbound.site.run()
    assert "`etl generate-ddl --company demo --apply`" in str(caught.value)
    assert inbound.partner.statuses("in_Firm") == {"": 1}
    inbound.site.edit(path, "Opened", "Renamed")
    inbound.site.look("alter table in_tables.in_Firm add renamed timestamptz, add of_the_partner text")
    assert inbound.merge().exit_code == 0
    assert sorted(inbound.golden("Firm")) == ["a"]

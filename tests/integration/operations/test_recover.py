"""Tables that were damaged become equal to the golden store again, for chosen objects."""

import json

import pytest

from etl.database import transaction
from etl.errors import EnvironmentFault
from etl.operations.recover import Target, begin_recovery, continue_recovery
from etl.runs.recovery_tasks import RecoveryTasks
from tests.documentation import CHECKOUT, blocks
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_APART, ONLY_ONE, OUT, STORE, MakeSite, Site
from tests.fix_restore import done
from tests.integration.operations.test_restore import filled

CLIENTS = f"select system_id, name from {OUT}.client order by 1"
TITLES = f"select system_id, title from {OUT}.claim order by 1"
CONTRACT = """
code: Contract
orderIndex: 3
fields:
  - {code: Number, type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}
"""
LINKS = f"select claim_id, client_id from {OUT}._claim_client_ order by 1"


def damage(site: Site) -> None:
    """A row is changed, one is lost, one is too many, and so for links."""
    site.look(
        f"update {OUT}.client set name = 'wrong' where system_id = (select min(system_id) from {OUT}.client);"
        f"delete from {OUT}.client where system_id = (select max(system_id) from {OUT}.client);"
        f"insert into {OUT}.client (system_id, name) values ('zzzzzzzzzzzzzzzz', 'wrong');"
        f"update {OUT}.claim set title = 'wrong'; delete from {OUT}._claim_client_",
        at=site.out_database,
    )


def shown(site: Site) -> list[object]:
    return [site.look(query, at=site.out_database) for query in (CLIENTS, TITLES, LINKS)]


@BOTH_LAYOUTS
def test_chosen_objects_are_equal_to_the_store_again(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    before = shown(site)
    damage(site)
    damaged = shown(site)
    [error] = [one for one in json.loads(site.etl("verify", "--json").out)["findings"] if one["level"] == "error"]
    assert error["do"].startswith("`etl recover --to out` makes a version equal to the store")
    found = done(site.etl("recover", "--to", "out", "--bo-codes", "Client,Claim", "--exclude-bo-codes", "Claim"))
    assert found.out == "Client: 3 rows.\n"
    assert shown(site) == [before[0], *damaged[1:]]
    tasks = site.look("select kind, title, state from in_tables.last_migration_state")
    assert [(one["kind"], one["state"]) for one in tasks] == [("RECOVER_INTO_OUT", "done")]
    done(site.etl("recover", "--to", "out"))
    assert shown(site) == before
    assert json.loads(done(site.etl("recover", "--to", "out", "--json")).out)["rows"] == {"Client": 0, "Claim": 0}
    done(site.etl("verify"))


@BOTH_LAYOUTS
def test_it_continues_where_it_was_killed(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    before = shown(site)
    damage(site)
    parts = 0

    def stop() -> None:
        nonlocal parts
        parts += 1
        if parts == 3:
            raise KeyboardInterrupt

    with site.runtime() as runtime:
        begin_recovery(runtime, Target.OUT)
        with pytest.raises(KeyboardInterrupt):
            continue_recovery(runtime, stop)
        with pytest.raises(EnvironmentFault, match="unfinished tasks: `etl recover --continue`"):
            begin_recovery(runtime, Target.OUT)
        with transaction(runtime.engine) as connection:
            left = RecoveryTasks("in_tables", ("RECOVER_INTO_OUT",)).unfinished(connection)
    assert [one.bo for one in left] == ["Claim"]
    assert shown(site)[0] == before[0]
    done(site.etl("recover", "--continue"))
    assert shown(site) == before
    ended = site.etl("recover", "--continue")
    assert (ended.code, "there is no unfinished recovery" in ended.err) == (2, True), ended


@ONLY_APART
def test_a_mirror_is_equal_to_the_store_again(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    rows = f"select _id, name from {STORE}.bo_client order by 1"
    before = (shown(site), site.look(rows, at=site.out_database))
    site.look(
        f"update {STORE}.bo_client set name = 'wrong' where _id = (select min(_id) from {STORE}.bo_client);"
        f"delete from {STORE}.bo_client where _id = (select max(_id) from {STORE}.bo_client)",
        at=site.out_database,
    )
    done(site.etl("recover", "--to", "mirror", "--bo-codes", "Client"))
    assert (shown(site), site.look(rows, at=site.out_database)) == before


@ONLY_ONE
def test_what_is_refused(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    for words, code, text in (
        (("--to", "mirror"), 2, "there is no mirror"),
        (("--to", "out", "--bo-codes", "Clent"), 2, "did you mean Client?"),
        (("--to", "out", "--bo-codes", "Client", "--exclude-bo-codes", "Client"), 2, "no object is left"),
        (("--to", "out", "--version", "9"), 2, "is no version"),
        ((), 2, "say --to out"),
    ):
        ended = site.etl("recover", *words)
        assert (ended.code, text in ended.err) == (code, True), (words, ended)
    done(site.etl("recover", "--give-up"))
    done(site.etl("hold", "--reason", "new disks"))
    assert site.etl("recover", "--to", "out").code == 75


@ONLY_ONE
def test_the_commands_of_the_page_run(make_site: MakeSite) -> None:
    site = filled(make_site({"Client": CLAIMS["Client"], "Contract": CONTRACT, "Claim": CLAIMS["Claim"]}))
    [block] = [one for one in blocks(CHECKOUT / "docs/recovery.md") if "etl recover" in one.text]
    assert len(block.lines) == 2
    before = shown(site)
    for line in block.lines:
        damage(site)
        done(site.etl(*line.split()[1:]))
        assert shown(site)[0] == before[0]

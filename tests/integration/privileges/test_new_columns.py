"""A field or an object that the metadata gains: every role that wrote the in_ tables before may write it at once."""

import psycopg
import pytest

import etl.monitoring
from etl.database import transaction
from etl.ddl.privileges import inherited_grants, missing_privileges
from tests.fix_company import CLAIMS, CODE, MakeSite, Site

FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
WIDER = (
    CLAIMS["Client"]
    + f"  - {{code: Order, type: INPUT_TEXT, {FLAGS}}}\n  - {{code: Mail, type: INPUT_TEXT, {FLAGS}}}\n"
)
VISIT = f"""
code: Visit
orderIndex: 3
fields:
  - {{code: Place, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Client, type: BO, bo: Client, {FLAGS}}}
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The partner has what `etl grants` gives, column by column."""
    site = make_site(CLAIMS)
    assert site.etl("grants", "--partner", role(site), "--create-roles").code == 0
    site.look(f"create role {CODE}_reader_{site.database.name}")
    done = site.etl("grants", "--partner", role(site), "--reader", f"{CODE}_reader_{site.database.name}", "--apply")
    assert done.code == 0, done.err
    return site


def role(site: Site) -> str:
    return f"partner_{site.database.name}"


def findings(site: Site) -> list[str]:
    return [
        f"{one.found}; {one.do}"
        for one in etl.monitoring.check(site.url, CODE, site.environ)
        if one.what == "partner's privileges"
    ]


def test_the_partner_fills_a_new_field_and_a_new_object_at_once(site: Site) -> None:
    assert findings(site) == []
    site.document("Client", WIDER)
    site.document("Visit", VISIT)
    printed = site.etl("generate-ddl", "--diff").out
    applied = site.etl("generate-ddl", "--apply")
    assert applied.code == 0, applied.err
    partner = role(site)
    expected = [
        f'grant insert ("order", Mail), update ("order", Mail) on in_tables.in_Client to {partner}',
        "grant select, insert (in_id, out_id, in_status, removed, Place), "
        f"update (in_id, out_id, in_status, removed, Place), delete, truncate on in_tables.in_Visit to {partner}",
        f"grant usage on sequence in_tables.in_visit_id_seq to {partner}",
    ]
    assert all(line in applied.out.splitlines() for line in expected), applied.out
    assert all(f"{line};" in printed for line in expected), printed
    assert site.etl("generate-ddl", "--apply").out == "in_tables: nothing to do\n"
    assert site.etl("generate-ddl", "--diff").out == ""
    site.partner.fill("in_Client", {"in_id": "a", '"order"': "1", "mail": "m"})
    site.partner.fill("in_Visit", {"in_id": "v", "place": "p"})
    site.partner.fill("in_Visit_Client", {"visit_id": "v", "client_id": "a"})
    site.partner("update in_Client set mail = 'n'")
    site.partner("truncate in_Visit_Client")
    assert site.run().errors == 0
    assert findings(site) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.partner("update in_Visit set occupied_id = 1")
    # What `etl grants` gives is what was given: nothing is left for it to change but what it keeps beside.
    again = site.etl("grants", "--partner", partner, "--reader", f"{CODE}_reader_{site.database.name}", "--apply")
    assert f"{partner}: has its privileges already" in again.out


def test_only_who_had_all_gets_more(site: Site) -> None:
    """A reader by table, one by column, a writer of one column, a writer of one table, PUBLIC."""
    for name in ("auditor", "narrow", "clerk", "only claims"):
        site.look(f'create role "{name}_{site.database.name}"', at=site.database)
    at = site.database
    site.look(f"grant select on in_tables.in_client, in_tables.in_claim to auditor_{at.name}", at=at)
    site.look(f"grant select, insert (in_id, name), update (name) on in_tables.in_client to narrow_{at.name}", at=at)
    site.look(f"grant insert, update on in_tables.in_client to clerk_{at.name}", at=at)
    site.look(
        f'grant insert (in_id, out_id, in_status, removed, title) on in_tables.in_claim to "only claims_{at.name}"',
        at=at,
    )
    site.look("grant select on in_tables.in_client to public", at=at)
    site.document("Client", WIDER)
    site.document("Visit", VISIT)
    granted = [line for line in site.etl("generate-ddl", "--apply").out.splitlines() if line.startswith("grant")]
    assert {line.rpartition(" to ")[2] for line in granted} == {role(site)}
    assert site.value(f"select has_column_privilege('clerk_{at.name}', 'in_tables.in_client', 'mail', 'insert')")
    assert not site.value(f"select has_column_privilege('narrow_{at.name}', 'in_tables.in_client', 'mail', 'insert')")


def test_a_schema_that_someone_granted_as_a_whole_stays_so(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)  # as its administrator granted: on all tables
    site.document("Visit", VISIT)
    assert site.etl("generate-ddl", "--apply").code == 0
    site.partner.fill("in_Visit", {"in_id": "v", "place": "p"})
    site.partner("truncate in_Visit")
    assert findings(site) == []
    # A marker that has to be made again: nothing is missing of what is not there, and no partner may truncate it.
    site.look("drop table in_tables.process_tracking cascade", at=site.database)
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        assert missing_privileges(connection, runtime.company, runtime.in_schema) == []
        granted = [one.sql for one in inherited_grants(connection, runtime.company, runtime.in_schema)]
    assert any("insert" in one and "process_tracking" in one for one in granted)
    assert not any("truncate" in one for one in granted)


def test_what_is_missing_is_named_with_the_command(site: Site) -> None:
    """As after an upgrade with an older version, or by hand."""
    partner = role(site)
    at = site.database
    site.look("revoke insert (name), update (name, amount) on in_tables.in_client from " + partner, at=at)
    site.look(f"revoke usage on sequence in_tables.in_client_id_seq from {partner}", at=at)
    site.look(f"revoke all on in_tables.in_claim from {partner}", at=at)
    command = f"`etl grants --partner {partner} --apply`, which also takes away what a partner does not need"
    assert findings(site) == [
        f"{partner} may not insert name of in_tables.in_Client, as it does the other columns; {command}",
        f"{partner} may not update amount, name of in_tables.in_Client, as it does the other columns; {command}",
        f"{partner} may not use the sequence of in_tables.in_Client, so it cannot insert rows; {command}",
        f"{partner} may not write in_tables.in_Claim, as it does other tables; {command}",
    ]
    done = site.etl("grants", "--partner", partner, "--reader", f"{CODE}_reader_{at.name}", "--apply")
    assert done.code == 0
    assert findings(site) == []


def test_privileges_given_by_hand_are_carried_over(site: Site) -> None:
    """Fields only; with the grant option; passed on by a grantee; one object of several; names that need quotes."""
    at = site.database
    names = ("fields", "Lead", "Worker x", "claims", "titles", "All")
    fields, lead, worker, claims, titles, everything = (f'"{name}_{at.name}"' for name in names)
    for one in (fields, lead, worker, claims, titles, everything):
        site.look(f"create role {one}", at=at)
        site.look(f"grant usage on schema in_tables to {one}", at=at)
    whole = "(in_id, out_id, in_status, removed, name, amount)"
    for statement in (
        f"grant insert (in_id, name, amount), update (in_status, name, amount) on in_tables.in_client to {fields}",
        f"grant insert {whole}, update {whole} on in_tables.in_client to {lead} with grant option",
        f"set role {lead}; grant insert {whole} on in_tables.in_client to {worker}; reset role",
        "grant select, insert, update, delete on in_tables.in_claim, in_tables.in_claim_client, "
        f"in_tables.in_claim_watchers to {claims}",
        f"grant update (title) on in_tables.in_claim to {titles}",  # inserts none, so it is given less
        f"grant all on all tables in schema in_tables to {everything} with grant option",
    ):
        site.look(statement, at=at)
    site.document("Client", WIDER)
    wider = f"  - {{code: Note, type: INPUT_TEXT, {FLAGS}}}\n  - {{code: Payers, type: BO, bo: Client, {FLAGS}}}\n"
    site.document("Claim", CLAIMS["Claim"] + wider)
    applied = site.etl("generate-ddl", "--apply")
    assert applied.code == 0, applied.err
    granted = {line for line in applied.out.splitlines() if line.startswith("grant") and role(site) not in line}
    assert granted == {
        f'grant insert ("order", Mail), update ("order", Mail) on in_tables.in_Client to fields_{at.name}',
        f'grant insert ("order", Mail), update ("order", Mail) on in_tables.in_Client to {lead} with grant option',
        f'grant insert ("order", Mail) on in_tables.in_Client to {worker}',
        f"grant select, insert, update, delete on in_tables.in_Claim_Payers to claims_{at.name}",
        "grant select, insert, update, delete, truncate on in_tables.in_Claim_Payers "
        f"to {everything} with grant option",
    }
    assert site.etl("generate-ddl", "--apply").out == "in_tables: nothing to do\n"


def test_a_new_link_table_that_its_partner_cannot_write_is_named(site: Site) -> None:
    """One partner writes all, another the claims alone; and a statement that works whatever the role is called."""
    at = site.database
    clerk = f'"Claims Clerk_{at.name}"'
    site.look(f"create role {clerk}", at=at)
    site.look(f"grant usage on schema in_tables to {clerk}", at=at)
    site.look(f"grant usage on sequence in_tables.in_claim_id_seq to {clerk}", at=at)
    site.look(
        f"grant select, insert, update, delete on in_tables.in_claim, in_tables.in_claim_client to {clerk}", at=at
    )
    site.look(f"grant insert (in_id) on in_tables.in_client to {clerk}", at=at)
    found = [one for one in findings(site) if clerk in one]
    assert found == [
        f"{clerk} may not insert amount, in_status, name, out_id, removed of in_tables.in_Client, as it does the other "
        "columns; grant insert (Amount, in_status, Name, out_id, removed) on in_tables.in_Client to " + f"{clerk};",
        f"{clerk} may not use the sequence of in_tables.in_Client, so it cannot insert rows; "
        f"grant usage on sequence in_tables.in_client_id_seq to {clerk};",
        f"{clerk} may not write in_tables.in_Claim_Watchers, as it does other tables; "
        f"grant select, insert, update, delete on in_tables.in_Claim_Watchers to {clerk};",
    ]
    for one in found:
        site.look(one.partition("; ")[2], at=at)
    assert [one for one in findings(site) if clerk in one] == []


def test_privileges_that_a_partner_has_passed_on_are_named(site: Site) -> None:
    """Of a column, a table, a sequence and the schema: PostgreSQL takes nothing away before that."""
    at = site.database
    partner, worker = role(site), f'"Worker_{at.name}"'
    site.look(f"create role {worker}", at=at)
    on = {
        "insert (in_id)": "table in_tables.in_client",
        "select": "table in_tables.in_claim",
        "usage": "sequence in_tables.in_client_id_seq",
        "create": "schema in_tables",
    }
    for right, place in on.items():
        site.look(f"grant {right} on {place} to {partner} with grant option", at=at)
        site.look(f"set role {partner}; grant {right} on {place} to {worker}; reset role", at=at)
    arguments = ("grants", "--partner", partner, "--reader", f"{CODE}_reader_{at.name}", "--apply")
    refused = site.etl(*arguments)
    assert refused.code == 4
    statements = [line.strip() for line in refused.err.splitlines() if line.startswith("  revoke")]
    assert sorted(statements) == sorted(f"revoke {right} on {place} from {worker};" for right, place in on.items())
    for statement in statements:
        site.look(f"set role {partner}; {statement} reset role", at=at)
    assert site.etl(*arguments).code == 0

"""The page docs/recovery-steps.md, performed whole: only the golden store and the configuration are left."""

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, OUT, STORE, MakeSite
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_move import commands, perform, point_to
from tests.integration.operations.test_restore import filled

PAGE = CHECKOUT / "docs/recovery-steps.md"


@BOTH_LAYOUTS
def test_the_steps_of_the_page(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    queries = (
        f"select system_id, name from {OUT}.client order by 1",
        f"select claim_id, client_id from {OUT}._claim_client_ order by 1",
        f"select owner_in_id, target_value from {STORE}.boi_reference",
    )
    before = [site.look(query) for query in queries]
    backup, configuration, store, tables, dry, recovery, check = commands(PAGE, site.home)
    perform(site, backup)
    there = elsewhere(site)
    perform(there, configuration[:1])
    point_to(there, there)
    for lines in (configuration[1:], store, tables, dry, recovery):
        perform(there, lines)
    assert [there.look(query) for query in queries] == before
    [asked] = [block.text for block in blocks(PAGE) if block.language == "sql"]
    tasks = there.look(asked)
    assert [(one["kind"], one["title"], one["state"]) for one in tasks] == [
        ("RECOVER_INTO_OUT", f"rows of {code} into {OUT}", "done") for code in ("Client", "Claim")
    ]
    perform(there, check)
    made = there.relations()
    there.look(
        f"grant usage on schema in_tables to {site.partner_role};"
        f"grant select, insert, update, delete on {made.tables} to {site.partner_role};"
        f"grant usage on sequence {made.sequences} to {site.partner_role}"
    )
    there.partner.fill("in_client", {"in_id": "late", "name": "Late"}, {"in_id": "c0", "name": "Changed"})
    there.partner.hand_over()
    done(there.etl("run"))
    assert (there.count(f"{STORE}.bo_client"), there.count(f"{OUT}._claim_client_")) == (4, 3)

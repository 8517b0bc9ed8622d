"""What the runs under test read: business objects, and batches that are handed over."""

from tests.fix_company import Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
CLIENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Friends, type: BO, bo: Client, {_FLAGS}}}
""",
}
# Tables that two workers merge side by side.
TWO_OBJECTS = CLIENTS | {
    "Claim": f"""
code: Claim
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
""",
}


def deliver_first(site: Site) -> None:
    """The first batch of a company: our own tables do not exist yet."""
    site.partner.fill("in_Client", *({"in_id": name, "name": "old"} for name in ("same", "changed", "removed")))
    site.partner.fill("in_Client_Friends", {"client_id": "same", "friends_id": "new"})
    site.partner.hand_over()


def deliver_large(site: Site) -> None:
    """As `deliver_first`, in two chunks of the smallest size."""
    deliver_first(site)
    site.partner("insert into in_Client (in_id, name) select 'c' || n, 'old' from generate_series(1, 1000) n")


def deliver(site: Site) -> None:
    """After a first run, something new, changed, removed and refused, a link, and one that waits, are handed over."""
    deliver_first(site)
    site.run()
    site.partner.redeliver(
        "in_Client",
        {"in_id": "same", "name": "old", "removed": False},
        {"in_id": "changed", "name": "new", "removed": False},
        {"in_id": "new", "name": "new", "removed": False},
        {"in_id": "removed", "name": None, "removed": True},
        {"in_id": None, "name": "missing", "removed": False},
    )
    site.partner.redeliver(
        "in_Client_Friends",
        {"client_id": "changed", "friends_id": "same"},
        {"client_id": "new", "friends_id": "later"},
    )
    site.partner.hand_over()


def deliver_two(site: Site) -> None:
    """As `deliver`, and a second table with a link between both."""
    deliver(site)
    site.partner.fill("in_Claim", {"in_id": "k1", "title": "new"}, {"in_id": None, "title": "nothing"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k1", "client_id": "new"})


def deliver_full_set(site: Site) -> None:
    """As `deliver`, and the rows are a full set, which lacks one that was there before, and a comparison is asked."""
    site.partner.fill("in_Client", {"in_id": "gone", "name": "old"})
    deliver(site)
    site.partner("delete from in_Client where in_id in ('gone', 'removed')")
    site.partner("insert into process_expected (in_table, full_set, compare) values ('in_Client', true, true)")
    site.partner("insert into process_compare values ('in_Client', 'same', '0'), ('in_Client', 'nowhere', '0')")

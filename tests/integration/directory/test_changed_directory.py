"""Groups that have changed in the directory, and a directory that is as it was some time ago."""

from tests.integration.directory.conftest import Office, entry, guid


def test_groups_that_are_renamed_unknown_or_primary(office: Office) -> None:
    """A renamed one keeps its members until the new DN is written; the others are named."""
    office.feed({}, {"G": "CN=g", "Gone": "CN=gone", "All": "CN=all", "Other": "CN=x"}, {})
    office.groups = {"cn=g": guid(50), "cn=all": guid(51), "cn=x": guid(52)}
    office.primary_groups = {"cn=all": 2}
    office.has(entry(1, "ann", "cn=g", "cn=x"), entry(2, "bob", "cn=g"))
    first = office.sync()
    assert [text.partition(": ")[2] for text in sorted(first.warnings, key=len)] == [
        "the directory has no group cn=gone: correct the DN in the group",
        "cn=all is the primary group of 2 users, whom the directory does not name as its members: "
        "they are not in the group",
    ]
    members = {"G": ["ann", "bob"], "Gone": [], "All": [], "Other": ["ann"]}
    assert office.members() == members
    office.groups = {"cn=g2": guid(50), "cn=all": guid(51), "cn=x": guid(52)}
    office.has(entry(1, "ann", "cn=g2", "cn=x"), entry(2, "bob", "cn=g2"))
    renamed = office.sync()
    assert "cn=g has another DN in the directory now, and its memberships stay" in "".join(renamed.warnings)
    assert (renamed.changes, office.members()) == ((), members)
    corrected = {"in_id": "G", "name": "G", "ad_role": "CN=g2", "out_id": None, "removed": False}
    office.site.partner.redeliver("in_persongroup", corrected)
    office.site.partner.hand_over()
    office.site.run()
    assert (office.sync().changes, office.members()) == ((), members)


def test_a_directory_of_an_earlier_day(office: Office) -> None:
    """A controller that was restored lacks people: the guard stops it. What is accepted is right again later."""
    older = [entry(1, "ann"), entry(2, "bob"), entry(3, "eve")]
    newer = [entry(1, "ann.new"), entry(2, "bob"), entry(3, "eve", is_active=False), entry(4, "kim"), entry(5, "lee")]
    office.has(*newer)
    office.sync()
    ids = {one.login: office.id_of(one.login) for one in newer}
    office.has(*older)
    stopped = office.sync(max_vanished_share=10)
    assert [one.guard for one in stopped.stops] == ["adMaxVanishedShare"]
    assert "ann.new" in office.people()
    office.sync(max_vanished_share=10, accept=True)
    found = {email: status for email, (_, status, _) in office.people().items()}
    assert found == {"ann": "ACTIVE", "bob": "ACTIVE", "eve": "ACTIVE", "kim": "INACTIVE", "lee": "INACTIVE"}
    office.has(*newer)
    office.sync(max_vanished_share=50)
    assert {email: office.id_of(email) for email in office.people()} == ids
    assert [one[1] for one in office.people().values()] == ["ACTIVE", "ACTIVE", "INACTIVE", "ACTIVE", "ACTIVE"]

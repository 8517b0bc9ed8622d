"""A company in which every rule of the merge has a field, and runs whose receipts are checked each time."""

from dataclasses import dataclass

import pytest

from etl.engine import Outcome
from etl.merge.links import merge as links
from tests.fix_company import STORE, MakeSite, Partner, Row, Site

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Score, type: INPUT_NUMBER, onBadValue: skip_value, {_IN}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 300, {_IN}}}
  - {{code: Seen, type: FULL_DATE, {_IN}}}
  - {{code: Kind, type: RADIO_BUTTON_GROUP, options: [{{code: new}}, {{code: old, id: WbX5Wa8gcabbVbF1}}], {_IN}}}
  - {{code: Mood, type: DROPDOWN_SINGLE, options: [{{code: good}}], onBadValue: skip_value, {_IN}}}
  - {{code: Level, type: DROPDOWN_SINGLE, dictionary: Level, {_IN}}}
  - {{code: Place, type: GEO_POINT, {_IN}}}
  - {{code: Photo, type: FILE_UPLOAD, {_IN}}}
""",
    "Level": f"""
code: Level
category: DICTIONARY
orderIndex: 9
fields:
  - {{code: code, type: INPUT_TEXT, {_IN}}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
""",
    "Party": """
code: Party
category: CO
bos: [Client, Firm]
""",
    "Claim": f"""
code: Claim
orderIndex: 3
fields:
  - {{code: Title, type: INPUT_TEXT, {_IN}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_IN}}}
  - {{code: Watcher, type: BO, bo: Client, {_IN}}}
  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_IN}}}
  - {{code: Chief, type: BO, bo: Client, viewType: SINGLE, linkMode: replace, {_IN}}}
  - {{code: Party, type: CO, co: Party, {_IN}}}
  - {{code: Claim, type: BO, bo: Claim, {_IN}}}
""",
}


@dataclass
class Inbound:
    """The site, and short names for what these tests ask."""

    site: Site

    @property
    def partner(self) -> Partner:
        return self.site.partner

    def merge(self) -> Outcome:
        """Hands over and runs; afterwards every claimed row is counted, and none is left claimed."""
        self.partner.hand_over()
        outcome = self.site.run()
        for receipt in outcome.receipts:
            outcomes = receipt.created + receipt.changed + receipt.unchanged + receipt.removed + receipt.rejected
            outcomes += receipt.waiting + receipt.vanished + receipt.released
            assert receipt.claimed == outcomes, receipt
        for receipt in outcome.receipts:
            if receipt.in_table == "in_fileStorage":  # it has no status
                continue
            assert self.site.count(f"in_tables.{receipt.in_table} where in_status = 'ON_WORK'") == 0
        return outcome

    def golden(self, bo: str = "Client") -> dict[str, Row]:
        """in_id -> instance."""
        return {row["_in_id"]: row for row in self.site.look(f"select * from {STORE}.bo_{bo} order by _in_id")}

    def links(self, field: str, *targets: str) -> list[tuple[str, str]]:
        """(in_id of the claim, in_id of the target) of every link of a field of Claim."""
        named = " union all ".join(f"select _id, _in_id from {STORE}.bo_{target}" for target in targets or ("Client",))
        rows = self.site.look(
            f"select o._in_id as owner, t._in_id as target from {STORE}.link_Claim_{field} l "
            f"join {STORE}.bo_Claim o on o._id = l._owner join ({named}) t on t._id = l._target order by 1, 2"
        )
        return [(row["owner"], row["target"]) for row in rows]

    def waiting(self) -> list[tuple[str, str, str]]:
        rows = self.site.look(f"select field, owner_in_id, target_value from {STORE}.boi_reference order by 1, 2, 3")
        return [(row["field"], row["owner_in_id"], row["target_value"]) for row in rows]

    def journal(self) -> list[tuple[str, str]]:
        """(object, change) in the order of the journal."""
        rows = self.site.look(f"select bo, change from {STORE}.journal order by n")
        return [(row["bo"], row["change"]) for row in rows]

    def faults(self) -> list[tuple[str | None, str | None, str, str]]:
        """(in_id, column, code, severity) of the newest run's errors."""
        return [(e["in_id"], e["column_name"], e["code"], e["severity"]) for e in self.site.errors()]


@pytest.fixture(params=["stage", "join"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links of small chunks, as those here, go by the stage; here those of large ones, which are joined, too."""
    if request.param == "join":
        monkeypatch.setattr(links, "JOIN_FROM_ROWS", 1)


@pytest.fixture
def inbound(make_site: MakeSite) -> Inbound:
    return Inbound(make_site(DOCUMENTS))

"""A company whose out_ tables show everything that they can."""

from dataclasses import dataclass

import pytest

from etl.engine import Outcome, Runtime
from etl.outputs.versions import Versions, bring_up_to_date
from etl.runs import Counters
from tests.fix_company import OUT, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Secret, type: INPUT_TEXT, needLoadFromInTables: true}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
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
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
  - {{code: Party, type: CO, co: Party, {_FLAGS}}}
""",
}


def follow(runtime: Runtime, versions: Versions | None = None) -> Counters:
    """What a run does for the versions; returns the rows written."""
    with runtime.out_connection() as out:
        return bring_up_to_date(out, versions or runtime.versions)


@dataclass
class Outbound:
    """The site, and what the readers of out_ tables see."""

    site: Site
    schema: str = OUT

    def run(self) -> Outcome:
        self.site.partner.hand_over()
        return self.site.run()

    def load(self, table: str, *rows: Row) -> Outcome:
        """A batch of one table, and its run."""
        self.site.partner.redeliver(table, *rows)
        return self.run()

    def names(self) -> list[str]:
        return [row["name"] for row in self.site.look(f"select name from {self.schema}.Client order by name")]

    def row(self, name: str) -> Row:
        [row] = self.site.look(f"select * from {self.schema}.Client where name = %s", [name])
        return row

    def links(self) -> list[tuple[str, str]]:
        """(title, name) of every claim's client."""
        rows = self.site.look(
            f"select k.title, c.name from {self.schema}._Claim_Client_ l join {self.schema}.Claim k "
            f"on k.system_id = l.Claim_id join {self.schema}.Client c on c.system_id = l.Client_id order by 1, 2"
        )
        return [(row["title"], row["name"]) for row in rows]


@pytest.fixture
def outbound(make_site: MakeSite) -> Outbound:
    """Two clients, and a claim of the first, are already out."""
    outbound = Outbound(make_site(DOCUMENTS))
    outbound.site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"}, {"in_id": "b", "name": "Bela"})
    outbound.site.partner.fill("in_Firm", {"in_id": "f", "name": "Firm"})
    outbound.site.partner.fill("in_Claim", {"in_id": "k", "title": "Claim"})
    outbound.site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "a"})
    outbound.site.partner.fill("in_Claim_Party_Client", {"claim_id": "k", "party_id": "b"})
    outbound.site.partner.fill("in_Claim_Party_Firm", {"claim_id": "k", "party_id": "f"})
    outbound.run()
    return outbound

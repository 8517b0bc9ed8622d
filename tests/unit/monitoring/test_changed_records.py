"""What records of an output have otherwise by other documents, where tables do not show it or show more."""

import pytest

from etl.ddl.changed_tables import Alteration, Altered
from etl.monitoring.changed_records import altered_records
from etl.settings import parse_settings
from tests.unit.metadata.documents import company

SHOWN = "needUploadToOutTable: true"
FLAGS = f"needLoadFromInTables: true, {SHOWN}"
CLIENT = f"""
code: Client
fields:
  - {{code: Name, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Code, type: INPUT_TEXT, isUnique: true, needLoadFromInTables: true}}
  - {{code: Size, type: DROPDOWN_SINGLE, options: [S], {FLAGS}}}
nativeFields:
  - {{code: OPEN_COUNT, needUploadToOutTable: true}}
"""
CLAIM = f"""
code: Claim
fields:
  - {{code: Title, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Payer, type: BO, bo: Client, {FLAGS}}}
"""
PARTY = "code: Party\ncategory: CO\nbos: [Client]\n"
SHAPE = {"Client": CLIENT, "Claim": CLAIM, "Party": PARTY}
NAMED = ("by Code, externalId, id", "by externalId, id")


TARGETS = [("target added", "Claim", "Payer", "", "Claim"), ("target removed", "Claim", "Payer", "Client")]
OBJECT = ("without the object", "with the object")


@pytest.mark.parametrize(
    ("code", "old", "new", "expected"),
    [
        (
            *("Client", "isUnique: true", "isRequired: true"),
            [("removed", "Client", "Code"), ("named", "Claim", "Payer", *NAMED)],
        ),
        ("Client", "Name, type: INPUT_TEXT", "Name, type: TEXTAREA", []),
        (
            *("Client", "Name, type: INPUT_TEXT", "Name, type: INPUT_NUMBER"),
            [("type", "Client", "Name", "text", "numeric(24,4)")],
        ),
        (
            *("Client", "DROPDOWN_SINGLE, options: [S]", "INPUT_TEXT"),
            [("wider", "Client", "Size", "varchar(32)", "text")],
        ),
        ("Client", "nativeFields:\n  - {code: OPEN_COUNT, needUploadToOutTable: true}\n", "", []),
        ("Client", "code: Name", "code: Title", [("added", "Client", "Title"), ("removed", "Client", "Name")]),
        ("Claim", f"  - {{code: Payer, type: BO, bo: Client, {FLAGS}}}\n", "", [("removed", "Claim", "Payer")]),
        ("Claim", "BO, bo: Client", "CO, co: Party", [("named", "Claim", "Payer", *OBJECT)]),
        ("Claim", "bo: Client", "bo: Claim", TARGETS),
        ("Claim", CLAIM, "code: Claim\ncategory: PANEL\n", [("gone", "Claim")]),
        (
            *("Client", f"Name, type: INPUT_TEXT, {FLAGS}", f"Name, type: INPUT_TEXT, {SHOWN}"),
            [("ended", "Client", "Name")],
        ),
        ("Client", "isUnique: true, needLoadFromInTables: true", "isUnique: true", [("ended", "Client", "Code")]),
        ("Claim", f"bo: Client, {FLAGS}", f"bo: Client, {SHOWN}", [("ended", "Claim", "Payer")]),
    ],
)
def test_changed_records(code: str, old: str, new: str, expected: list[tuple[str, ...]]) -> None:
    kinds = {
        "added": Alteration.COLUMN_ADDED,
        "removed": Alteration.COLUMN_REMOVED,
        "named": Alteration.TARGETS_NAMED,
        "type": Alteration.TYPE_CHANGED,
        "wider": Alteration.TYPE_WIDENED,
        "target added": Alteration.TARGET_ADDED,
        "target removed": Alteration.TARGET_REMOVED,
        "gone": Alteration.TABLE_REMOVED,
        "ended": Alteration.VALUES_ENDED,
    }
    assert old in SHAPE[code]
    settings = parse_settings(
        {
            "configs/InMigrationConfig.txt": "companyCode=demo",
            "configs/KafkaConfig.txt": "servers=h:1",
            "configs/OutMigrationKafkaConfig.txt": "hasOutMigrationKafka=true\ntopic=golden",
        },
        origin="file:here",
        company="demo",
        environ={},
    )
    [output] = settings.kafka.outputs
    before, after = company(**SHAPE), company(**{**SHAPE, code: SHAPE[code].replace(old, new)})
    found = list(altered_records(before, after, output))
    assert found == [Altered(kinds[kind], *rest) for kind, *rest in expected]
    assert list(altered_records(before, before, output)) == []

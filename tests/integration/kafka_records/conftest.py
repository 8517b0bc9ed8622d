"""A company in which every rule of records has a field."""

from collections.abc import Iterator

import pytest

from etl.engine import prepare
from tests.fix_company import MakeSite
from tests.integration.kafka_records.topic import Topic

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Level": f"""
code: Level
category: DICTIONARY
orderIndex: 9
fields:
  - {{code: code, type: INPUT_TEXT, isUnique: true, {_IN}}}
  - {{code: label, type: INPUT_TEXT_LANG, {_IN}}}
""",
    "Client": f"""
code: Client
orderIndex: 1
nativeFields: [{{code: IN_MIGRATION_UPDATED_AT, needUploadToOutTable: true}}]
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Note, type: TEXTAREA}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Score, type: INPUT_NUMBER, onBadValue: skip_value, {_IN}}}
  - {{code: Seen, type: FULL_DATE, {_IN}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 300, {_IN}}}
  - {{code: Active, type: CHECKBOX, {_IN}}}
  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: new}}, {{code: old, id: WbX5Wa8gcabbVbF1}}], {_IN}}}
  - {{code: Mood, type: DROPDOWN_SINGLE, options: [{{code: good}}], onBadValue: skip_value, {_IN}}}
  - {{code: Level, type: RADIO_BUTTON_GROUP, dictionary: Level, {_IN}}}
  - {{code: Place, type: GEO_POINT, {_IN}}}
  - {{code: Photo, type: FILE_UPLOAD, {_IN}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_IN}}}
  - {{code: Number, type: INPUT_NUMBER, isUnique: true, {_IN}}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Bin, type: INPUT_TEXT, useAsKeyInMigration: true, {_IN}}}
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_IN}}}
""",
    "Party": "code: Party\ncategory: CO\nbos: [Client, Firm]",
    "Flow": "code: Flow\ncategory: PROCESS",
    "Claim": f"""
code: Claim
orderIndex: 3
fields:
  - {{code: Title, type: INPUT_TEXT, {_IN}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_IN}}}
  - {{code: Watcher, type: BO, bo: Client, {_IN}}}
  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_IN}}}
  - {{code: Party, type: CO, co: Party, {_IN}}}
  - {{code: Parties, type: CO, co: Party, linkMode: replace, {_IN}}}
  - {{code: Claim, type: BO, bo: Claim, {_IN}}}
""",
    "Secret": "code: Secret\nfields:\n  - {code: Name, type: INPUT_TEXT}",
}


@pytest.fixture
def topic(make_site: MakeSite) -> Iterator[Topic]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Topic(site, runtime)

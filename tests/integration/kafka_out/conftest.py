"""A company whose objects are written into a topic."""

import pytest

from etl.database import transaction
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs
from tests.fix_company import MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "doc": f"""
code: doc
fields:
  - {{code: number, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
""",
    "client": f"""
code: client
fields:
  - {{code: iin, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: lastname, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: amount, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: active, type: CHECKBOX, {_FLAGS}}}
  - {{code: seen, type: FULL_DATE, {_FLAGS}}}
  - {{code: secret, type: TEXTAREA, needLoadFromInTables: true}}
  - {{code: doc, type: BO, bo: doc, {_FLAGS}}}
  - {{code: firm, type: BO, bo: firm, {_FLAGS}}}
  - {{code: party, type: CO, co: party, {_FLAGS}}}
  - {{code: team, type: BO, bo: firm, linkMode: replace, {_FLAGS}}}
""",
    "firm": f"""
code: firm
fields:
  - {{code: name, type: INPUT_TEXT, {_FLAGS}}}
""",
    "party": "code: party\ncategory: CO\nbos: [doc, firm]",
}


@pytest.fixture
def output(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> Output:
    """An output that has begun: what is merged from now on is written."""
    site = make_site(DOCUMENTS, leaseSeconds=3, heartbeatSeconds=1)
    found = Output(site, kafka_url, make_topic, make_topic())
    found.progress_of(found.topic)
    found.configure()
    with site.runtime() as runtime:
        prepare_outputs(runtime)
        with transaction(runtime.store_engine) as connection:
            outputs_of(runtime).register(connection, "out")
    return found

"""What a sync brings goes into topics, as what partners bring does."""

from etl.database import transaction
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs
from tests.fix_company import MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.directory.conftest import DOCUMENTS, Office, entry
from tests.integration.kafka_out.output import Output, values


def test_topics_follow_a_sync(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> None:
    office = Office(make_site(DOCUMENTS, leaseSeconds=3, heartbeatSeconds=1))
    output = Output(office.site, kafka_url, make_topic, make_topic())
    output.progress_of(output.topic)
    output.configure()
    with office.site.runtime() as runtime:
        prepare_outputs(runtime)
        with transaction(runtime.store_engine) as connection:
            outputs_of(runtime).register(connection, "out")
    office.feed({}, {"G": "CN=g"}, {})
    office.has(entry(1, "ann", "cn=g"), entry(2, "bob"))
    assert office.sync().exit_code == 0
    output.write()
    found = {values(one)["email"]: values(one)["status"] for one in output.records() if one["boCode"] == "Person"}
    assert found == {"ann": "ACTIVE", "bob": "ACTIVE"}
    office.has(entry(1, "ann", "cn=g"))
    office.sync()
    output.write()
    last = [one for one in output.records() if one["boCode"] == "Person"][-1]
    assert values(last)["status"] == "INACTIVE"

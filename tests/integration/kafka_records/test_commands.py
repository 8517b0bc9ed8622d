"""What the commands for errors and waiting links show of records."""

import json

from tests.integration.kafka_records.topic import Topic, link, record


def test_errors_of_records_are_listed(topic: Topic) -> None:
    outcome = topic.send(b"x", record("Client", "c", Kind="bad"), record("Claim", "k", links=[link("Watcher", "late")]))
    shown = topic.site.etl("errors", "list", "--all", "--json")
    assert shown.code == 0, shown.err
    errors = json.loads(shown.out)["errors"]
    assert [(one["run"], one["code"], one["in_id"]) for one in errors] == [
        (str(outcome.unit), "OPTION_UNKNOWN", "c"),
        (str(outcome.unit), "BAD_JSON", None),
    ]
    shown = topic.site.etl("errors", "show", "--all", str(errors[1]["id"]))
    assert (shown.code, "BAD_JSON" in shown.out) == (0, True), shown.err
    shown = topic.site.etl("waiting", "--explain", "--json")
    assert (shown.code, "late" in shown.out) == (0, True), shown.err

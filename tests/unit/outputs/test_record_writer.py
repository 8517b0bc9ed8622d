"""Records of an output, from rows as the store gives them: what is repeated although it has not changed."""

import json
from typing import Any

from etl.outputs.kafka.record import RecordWriter
from etl.outputs.kafka.shape import OutField, OutLink, OutObject, Target, TargetField
from etl.settings.kafka_model import OutMigrationKafka

DOC = Target("doc", "bo_doc", (TargetField("number", '"number"', "text"),))


def record(*links: str, has_changed: bool, image: Any = "changed", is_all: bool = False) -> dict[str, Any] | None:
    """The record of a client whose name has changed, with links of a unique field and of another one."""
    output = OutMigrationKafka(
        *("out", "t", (), {}, {}, image, False, "unique", "always", False, "stop", 1000, "t.progress")
    )
    shape = OutObject(
        *("client", "bo_client", "t"),
        (OutField("name", '"name"', "name", "text", is_chosen=True, is_repeated=False),),
        (
            OutLink("doc", "link_client_doc", (DOC,), names_object=True, is_repeated=True, is_set=False),
            OutLink("team", "link_client_team", (DOC,), names_object=True, is_repeated=False, is_set=False),
        ),
    )
    changed = "name" if has_changed else ""
    row = ("a" * 16, "C1", "ACTUAL", 7, False, changed, False, "Anna", *links)
    found = RecordWriter(shape, output, is_all=is_all).record(row, "out-1")
    return None if found is None else dict(json.loads(found))


def link(field: str, value: str) -> dict[str, Any]:
    return {"fieldCode": field, "toBoCode": "doc", "toFieldCode": "number", "apiValue": value, "updatedAt": 7}


def test_a_link_of_a_unique_field_is_repeated_beside_what_has_changed() -> None:
    found = record('["doc false 0 N1"]', '["doc true 0 N2"]', has_changed=True)
    assert found is not None
    assert found["unchangedUniqueBoFields"] == [link("doc", "N1")]
    assert found["boFields"] == [link("team", "N2")]
    assert [one["apiValue"] for one in found["fields"]] == ["Anna"]


def test_unchanged_links_alone_are_no_record() -> None:
    assert record('["doc false 0 N1"]', "[]", has_changed=False) is None
    whole = record('["doc false 0 N1"]', "[]", has_changed=False, is_all=True)
    assert whole is not None
    assert whole["boFields"] == [link("doc", "N1")]
    assert "unchangedUniqueBoFields" not in whole

"""The partner's records, and a plain model of the instances and links that they should make. No I/O."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from etl.contract.kafka import RecordSamples, api_value
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, LinkMode
from etl.metadata.field_types import Category, FieldType
from etl.metadata.instance_state import InstanceState
from etl.simulator.rows import Warehouse
from etl.sources.kafka.rules import RecordRules

Record = dict[str, Any]

_FILES: Final = 10
# Of nested objects, so that hundreds of them are no more than a topic usually takes.
_NESTED_FIELDS: Final = 3
_REMOVED: Final = InstanceState.REMOVED.value


class PlayedMessage(NamedTuple):
    """A message. `code`: of the fault that must reject it; `is_ignored`: it must neither be merged nor rejected.
    `age_ms`: how much older than now it says to be."""

    key: str
    value: bytes | None
    code: str = ""
    is_ignored: bool = False
    age_ms: int = 0


@dataclass
class ExpectedInstance:
    """What the store should have of an instance. `links`: field -> external ids of the targets."""

    state: str = InstanceState.ACTUAL.value
    values: dict[str, str | None] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)


class RecordData:
    """Makes records, and keeps the model: object -> external id -> instance.

    Targets are named by external ids, and values that name rows of dictionaries are left out: such rows may lie in
    another partition, whose order is not given.
    """

    def __init__(self, company: Company, rules: RecordRules, seed: int) -> None:
        self.rules = rules
        samples = RecordSamples(company, rules, f"sim{seed}")
        self.company = samples.company
        self.objects = samples.objects
        self._rows = Warehouse(self.company, seed, files=_FILES)
        self.instances: dict[str, dict[str, ExpectedInstance]] = {bo.code: {} for bo in self.objects}
        # Whose records come from one key alone, so that the last one is known.
        self._own: dict[str, list[str]] = {bo.code: [] for bo in self.objects}
        self._targets: set[tuple[str, str]] = set()
        self._numbers: dict[tuple[str, str], int] = {}
        self._by_code = {bo.code: bo for bo in self.objects}
        self._serial = 0

    def new_ids(self, bo: BusinessObject, count: int) -> list[str]:
        ids = []
        for number in self._rows.new_numbers(bo, count):
            external_id = self._rows.samples.in_id(bo, number)
            self._numbers[bo.code, external_id] = number
            ids.append(external_id)
        self._own[bo.code] += ids
        return ids

    def present(self, bo: BusinessObject) -> list[str]:
        """External ids of instances that are there, and are changed by records of their own alone."""
        found = self.instances[bo.code]
        return [one for one in self._own[bo.code] if one in found and found[one].state != _REMOVED]

    def removable(self, bo: BusinessObject) -> list[str]:
        """Those that no link leads to."""
        if bo.category is Category.DICTIONARY:
            return []
        return [one for one in self.present(bo) if (bo.code, one) not in self._targets]

    def links(self, bo: BusinessObject) -> Iterator[tuple[Field, BusinessObject]]:
        """The link fields of an object, each with a target that records may load."""
        for one in bo.loaded_links:
            targets = [target for target in self.company.targets(one) if target.code in self._by_code]
            if targets:
                yield one, targets[0]

    def full(self, bo: BusinessObject, external_id: str) -> Record:
        """A record with all fields."""
        row = self._rows.row(bo, self._numbers[bo.code, external_id])
        return self._head(bo, external_id) | {"fields": [self._item(one, row) for one in self._fields(bo)]}

    def change(self, bo: BusinessObject, external_id: str, chance: random.Random) -> Record:
        """A record with other values of some fields."""
        number = self._numbers[bo.code, external_id]
        self._rows.change(bo, number)
        row, fields = self._rows.row(bo, number), self._fields(bo)
        chosen = chance.sample(fields, min(len(fields), chance.randint(1, 3)))
        return self._head(bo, external_id) | {"fields": [self._item(one, row) for one in chosen]}

    def removal(self, bo: BusinessObject, external_id: str) -> Record:
        """A record that removes an instance."""
        return self._head(bo, external_id) | {"state": _REMOVED}

    def linked(self, record: Record, link: Field, target: BusinessObject, external_id: str) -> Record:
        """The record with a further link in the standard form."""
        to_bo = {"toBoCode": target.code} if link.type is FieldType.CO else {}
        item = {"fieldCode": link.code, **to_bo, "toFieldCode": "externalId", "apiValue": external_id}
        return record | {"boFields": [*record.get("boFields", ()), item]}

    def nesting(self, record: Record, link: Field, inner: Record) -> Record:
        """The record with a further link to a nested object, which no record of its own may change later."""
        self._own[inner["boCode"]].remove(inner["externalId"])
        nested = {key: value for key, value in inner.items() if key != "recordId"}
        nested["fields"] = nested["fields"][:_NESTED_FIELDS]
        return record | {"boFields": [*record.get("boFields", ()), {"fieldCode": link.code, "boiInput": nested}]}

    def merged(self, record: Record, *, age_ms: int = 0) -> PlayedMessage:
        """The message of a record that must be merged; the model follows it."""
        self._apply(record)
        return self.message(record, age_ms=age_ms)

    def message(self, record: Record, *, code: str = "", is_ignored: bool = False, age_ms: int = 0) -> PlayedMessage:
        """The message of a record that changes nothing, or that the model has followed already."""
        value = json.dumps(record, ensure_ascii=False).encode()
        return PlayedMessage(f"{record['boCode']}:{record['externalId']}", value, code, is_ignored, age_ms)

    def states(self) -> dict[str, dict[str, int]]:
        """Object -> state -> instances."""
        return {code: dict(Counter(one.state for one in found.values())) for code, found in self.instances.items()}

    def link_counts(self) -> dict[str, int]:
        """`Object.field` -> links."""
        return {
            f"{bo.code}.{link.code}": sum(len(one.links.get(link.code, ())) for one in self.instances[bo.code].values())
            for bo in self.objects
            for link, _ in self.links(bo)
        }

    @property
    def prefix(self) -> str:
        """How all external ids begin."""
        return f"{self._rows.samples.prefix}-"

    def _fields(self, bo: BusinessObject) -> list[Field]:
        return [one for one in bo.loaded_fields if not one.dictionary]

    def _item(self, one: Field, row: Record) -> Record:
        value = row[one.code]
        item: Record = {"code": one.code, "apiValue": api_value(value)}
        if one.type is FieldType.FILE_UPLOAD and value is not None:
            file = self._rows.samples.file(int(value.rpartition("-")[2]))
            item["content"] = api_value(file["content"])
        return item

    def _head(self, bo: BusinessObject, external_id: str) -> Record:
        self._serial += 1
        return {"recordId": f"{self.prefix}{self._serial}", "externalId": external_id, "boCode": bo.code}

    def _apply(self, record: Record) -> None:
        items: Iterable[Record] = record.get("boFields", ())
        for item in items:
            if inner := item.get("boiInput"):
                self._apply(inner)
        bo = self._by_code[record["boCode"]]
        instance = self.instances[bo.code].setdefault(record["externalId"], ExpectedInstance())
        state = record.get("state")
        instance.state = state or instance.state
        if state == _REMOVED:  # its links stay, and are hidden
            return
        instance.values |= {one["code"]: one["apiValue"] for one in record.get("fields", ())}
        sets: dict[str, set[str]] = {}
        for item in items:
            self._link(bo, instance, item, sets)

    def _link(self, bo: BusinessObject, instance: ExpectedInstance, item: Record, sets: dict[str, set[str]]) -> None:
        [link] = [one for one in bo.loaded_links if one.code == item["fieldCode"]]
        inner = item.get("boiInput")
        target = inner["externalId"] if inner else item["apiValue"]
        bo_code = inner["boCode"] if inner else item.get("toBoCode") or self.company.targets(link)[0].code
        self._targets.add((bo_code, target))
        if link.is_single:
            instance.links[link.code] = {target}
        elif link.link_mode is LinkMode.REPLACE:
            instance.links[link.code] = sets.setdefault(link.code, set())
            sets[link.code].add(target)
        else:
            instance.links.setdefault(link.code, set()).add(target)

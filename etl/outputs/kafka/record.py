"""A row of the store as a record of the vendor's out format (vendor's guide, OUT Migration Kafka). No I/O."""

from typing import Any, Final

import orjson

from etl.metadata.instance_state import InstanceState
from etl.outputs.kafka.shape import EXTERNAL_ID, ID, OutLink, OutObject
from etl.settings.kafka_model import OutMigrationKafka

# Columns of `sql/objects.sql` before those of the fields.
_FIXED: Final = 7
# How targets without a unique value are named, by the numbers of `sql/links.jinja`.
_NAMES: Final = {-1: EXTERNAL_ID, -2: ID}
_STATE: Final = "_state"
_NOTHING: Final = frozenset[str]()
Row = tuple[Any, ...]
Item = dict[str, object]


class RecordWriter:
    """Makes the records of one object: `image` of all chosen fields, or of those that changed."""

    def __init__(self, shape: OutObject, output: OutMigrationKafka, *, is_all: bool = False) -> None:
        """With `is_all` a row is no change, and its record is the full image."""
        self.shape = shape
        self._prefix = f"{shape.code}:"
        self._is_all = is_all
        self._is_full = is_all or output.image == "full"
        self._has_ids = output.record_id == "unique"
        self._has_unlinks = output.unlinks and not is_all
        self._tombstone = output.tombstone
        self._fields = [(one, one.code, one.name, one.is_chosen, one.is_repeated) for one in shape.fields]
        # Of a new instance, which has no value to be cleared.
        self._codes_of_new = [one.code if one.is_chosen or one.is_repeated else None for one in shape.fields]
        self._links = [_LinkWriter(one) for one in shape.links]
        self._links_at = _FIXED + len(shape.fields)
        self._unlinks_at = self._links_at + len(shape.links)

    def key(self, row: Row) -> bytes:
        return f"{self._prefix}{row[0]}".encode()

    def has_tombstone(self, row: Row) -> bool:
        """Whether a record without a value follows."""
        return self._tombstone and row[2] == InstanceState.REMOVED

    def record(self, row: Row, position: str) -> bytes | None:
        """The record as JSON; None where nothing of it has changed that the output writes. `position` is the beginning
        of its recordId."""
        instance, external_id, state, changed_at, is_new, changed, has_link_changes = row[:_FIXED]
        names = frozenset(changed) if changed else _NOTHING
        fields, unchanged = self._of_fields(row, names, changed_at, is_new=is_new)
        links, unchanged_links = self._of_links(row, changed_at)
        has_links = has_link_changes if self._is_full else bool(links)
        if not (self._is_all or is_new or has_links or self._has_changed(names)):
            return None
        record: dict[str, object] = {
            "recordId": f"{position}-{instance}" if self._has_ids else None,
            "externalId": external_id,
            "id": instance,
            "boCode": self.shape.code,
            "fields": fields,
            "boFields": links,
        }
        if unchanged:
            record["unchangedUniqueFields"] = unchanged
        if unchanged_links:
            record["unchangedUniqueBoFields"] = unchanged_links
        record["state"] = state
        return orjson.dumps(record)

    def _has_changed(self, names: frozenset[str]) -> bool:
        return _STATE in names or any(
            name in names and (is_chosen or is_repeated) for _, _, name, is_chosen, is_repeated in self._fields
        )

    def _of_fields(
        self, row: Row, names: frozenset[str], changed_at: int, *, is_new: bool
    ) -> tuple[list[Item], list[Item]]:
        """The values that are written as changed, and the unique ones that are not."""
        values = row[_FIXED : self._links_at]
        if is_new:
            written = zip(self._codes_of_new, values, strict=True)
            return [
                {"code": code, "apiValue": value, "updatedAt": changed_at}
                for code, value in written
                if value is not None and code is not None
            ], []
        fields: list[Item] = []
        unchanged: list[Item] = []
        for (_, code, name, is_chosen, is_repeated), value in zip(self._fields, values, strict=True):
            if self._is_full:
                # One that was not chosen is none of the image.
                is_written = is_chosen or (is_repeated and value is not None)
            else:
                is_written = name in names and (is_chosen or is_repeated)
            if is_written:
                fields.append({"code": code, "apiValue": value, "updatedAt": changed_at})
            elif is_repeated and value:
                unchanged.append({"code": code, "apiValue": value, "updatedAt": changed_at})
        return fields, unchanged

    def _of_links(self, row: Row, changed_at: int) -> tuple[list[Item], list[Item]]:
        """The links that are written as changed, and those of unique fields that are not."""
        links: list[Item] = []
        unchanged: list[Item] = []
        for number, writer in enumerate(self._links):
            if found := row[self._links_at + number]:
                for item, has_changed in writer.items(found, changed_at):
                    (links if has_changed or self._is_full else unchanged).append(item)
            if self._has_unlinks and (found := row[self._unlinks_at + number]):
                links += [item | {"unlink": True} for item, _ in writer.items(found, changed_at)]
        return links, unchanged


class _LinkWriter:
    """Makes the items of one field."""

    def __init__(self, link: OutLink) -> None:
        self._code, self._names_object = link.code, link.names_object
        self._unique = {target.code: [one.code for one in target.unique] for target in link.targets}

    def items(self, found: str, changed_at: int) -> list[tuple[Item, bool]]:
        """(item, whether the link has changed) of each link in the JSON of a column."""
        field, names_object, unique = self._code, self._names_object, self._unique
        return [
            (
                {
                    "fieldCode": field,
                    "toBoCode": bo if names_object else None,
                    "toFieldCode": unique[bo][number] if number >= 0 else _NAMES[number],
                    "apiValue": value,
                    "updatedAt": changed_at,
                },
                has_changed,
            )
            for bo, (number, value), has_changed in orjson.loads(found)
        ]

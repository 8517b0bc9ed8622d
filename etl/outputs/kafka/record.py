"""A row of the store as a record of the vendor's out format (vendor's guide, OUT Migration Kafka). No I/O.

A record is written as JSON text at once, item by item: objects of Python that are then encoded take twice the time.
Codes are names of letters, digits and underscores, so that they are JSON as they are.
"""

from json.encoder import encode_basestring as quoted
from typing import Any, Final

from orjson import loads

from etl.metadata.instance_state import InstanceState
from etl.outputs.kafka.contents import ReadFile
from etl.outputs.kafka.shape import EXTERNAL_ID, ID, OutLink, OutObject
from etl.settings.kafka_model import OutMigrationKafka

# Columns of `sql/objects.sql` before those of the fields.
_FIXED: Final = 7
# How targets without a unique value are named, by the numbers of `sql/links.jinja`.
_NAMES: Final = {"-1": EXTERNAL_ID, "-2": ID}
_STATE: Final = "_state"
_NOTHING: Final = frozenset[str]()
Row = tuple[Any, ...]
Item = str
"""A field or a link in JSON."""


class RecordWriter:
    """Makes the records of one object: `image` of all chosen fields, or of those that changed."""

    def __init__(
        self,
        shape: OutObject,
        output: OutMigrationKafka,
        *,
        is_all: bool = False,
        read_file: ReadFile | None = None,
        largest: int = 0,
    ) -> None:
        """With `is_all` a row is no change, and its record is the full image. `read_file`: contents of files are
        written too, as far as a record has at most `largest` bytes."""
        self.shape = shape
        self._prefix = f"{shape.code}:"
        self._is_all = is_all
        self._is_full = is_all or output.image == "full"
        self._has_ids = output.record_id == "unique"
        self._has_unlinks = output.unlinks and not is_all
        self._tombstone = output.tombstone
        # Each with its item as far as the value.
        self._fields = [
            (f'{{"code":"{one.code}","apiValue":', one.name, one.is_chosen, one.is_repeated) for one in shape.fields
        ]
        # Of a new instance, which has no value to be cleared.
        self._of_new = [begin if is_chosen or is_repeated else "" for begin, _, is_chosen, is_repeated in self._fields]
        self._links = [_LinkWriter(one) for one in shape.links]
        self._links_at = _FIXED + len(shape.fields)
        self._unlinks_at = self._links_at + len(shape.links)
        self._read_file, self._largest = read_file, largest
        self._files = [n for n, one in enumerate(shape.fields) if one.is_file] if read_file else []
        self.without_content: dict[str, int] = {}
        """Code of a field -> records that name its file alone, as the content does not fit or is not there."""

    def key(self, row: Row) -> bytes:
        return f"{self._prefix}{row[0]}".encode()

    def has_tombstone(self, row: Row) -> bool:
        """Whether a record without a value follows."""
        return self._tombstone and row[2] == InstanceState.REMOVED

    def record(self, row: Row, position: str) -> bytes | None:
        """The record as JSON; None where nothing of it has changed that the output writes. `position` is the beginning
        of its recordId."""
        instance, external_id, state, changed_at, is_new, changed, has_link_changes = row[:_FIXED]
        names = frozenset(changed.split(" ")) if changed else _NOTHING
        # What each item ends with.
        end = f',"updatedAt":{changed_at}}}'
        fields, unchanged = self._of_fields(row, names, end, is_new=is_new)
        links, unchanged_links = self._of_links(row, end) if self._links else (_NO_ITEMS, _NO_ITEMS)
        has_links = has_link_changes if self._is_full else bool(links)
        if not (self._is_all or is_new or has_links or self._has_changed(names)):
            return None
        record_id = quoted(f"{position}-{instance}") if self._has_ids else "null"
        more = f',"unchangedUniqueFields":[{",".join(unchanged)}]' if unchanged else ""
        if unchanged_links:
            more += f',"unchangedUniqueBoFields":[{",".join(unchanged_links)}]'
        head = (
            f'{{"recordId":{record_id},"externalId":{_text(external_id)},"id":"{instance}","boCode":"{self.shape.code}"'
            f',"fields":['
        )
        tail = f'],"boFields":[{",".join(links)}]{more},"state":"{state}"}}'
        if self._files and state != InstanceState.REMOVED:
            fields = self._with_contents(row, fields, end, self._largest - len((head + tail).encode()))
        return f"{head}{','.join(fields)}{tail}".encode()

    def _with_contents(self, row: Row, fields: list[Item], end: str, room: int) -> list[Item]:
        """The items with the contents of their files, the first ones first, as far as there is room."""
        room -= sum(len(item.encode()) + 1 for item in fields)
        for number in self._files:
            value, begin = row[_FIXED + number], self._fields[number][0]
            item = f"{begin}{_text(value)}{end}"
            if value is None or item not in fields or self._read_file is None:
                continue
            content = self._read_file(value)
            if content and len(content.encode()) <= room:
                room -= len(content.encode())
                fields = [f"{begin}{_text(value)}{content}{end}" if one == item else one for one in fields]
            else:
                code = self.shape.fields[number].code
                self.without_content[code] = self.without_content.get(code, 0) + 1
        return fields

    def _has_changed(self, names: frozenset[str]) -> bool:
        return _STATE in names or any(
            name in names and (is_chosen or is_repeated) for _, name, is_chosen, is_repeated in self._fields
        )

    def _of_fields(self, row: Row, names: frozenset[str], end: str, *, is_new: bool) -> tuple[list[Item], list[Item]]:
        """The values that are written as changed, and the unique ones that are not."""
        values = row[_FIXED : self._links_at]
        if is_new:
            return [
                f"{begin}{quoted(value)}{end}"
                for begin, value in zip(self._of_new, values, strict=True)
                if value is not None and begin
            ], _NO_ITEMS
        fields: list[Item] = []
        unchanged: list[Item] = []
        for (begin, name, is_chosen, is_repeated), value in zip(self._fields, values, strict=True):
            if self._is_full:
                # One that was not chosen is none of the image.
                is_written = is_chosen or (is_repeated and value is not None)
            else:
                is_written = name in names and (is_chosen or is_repeated)
            if is_written:
                fields.append(f"{begin}{_text(value)}{end}")
            elif is_repeated and value:
                unchanged.append(f"{begin}{quoted(value)}{end}")
        return fields, unchanged

    def _of_links(self, row: Row, end: str) -> tuple[list[Item], list[Item]]:
        """The links that are written as changed, and those of unique fields that are not."""
        links: list[Item] = []
        unchanged: list[Item] = []
        for number, writer in enumerate(self._links):
            for link in loads(row[self._links_at + number] or "[]"):
                item, has_changed = writer.item(link, end)
                (links if has_changed or self._is_full else unchanged).append(item)
            if self._has_unlinks:
                ended = f'{end[:-1]},"unlink":true}}'
                links += [writer.item(link, ended)[0] for link in loads(row[self._unlinks_at + number] or "[]")]
        return links, unchanged


_NO_ITEMS: list[Item] = []


class _LinkWriter:
    """Makes the items of one field."""

    def __init__(self, link: OutLink) -> None:
        self._link = link
        self._unique = {target.code: [one.code for one in target.unique] for target in link.targets}
        # The items as far as the value, by the object of the target and how it is named.
        self._begins: dict[tuple[str, str], str] = {}

    def item(self, link: str, end: str) -> tuple[Item, bool]:
        """The item of a link, of which `sql/objects.sql` says four words; and whether the link has changed."""
        bo, has_changed, number, value = link.split(" ", 3)
        begin = self._begins.get((bo, number))
        if begin is None:
            begin = self._begins[bo, number] = self._begin(bo, number)
        return f"{begin}{quoted(value)}{end}", has_changed == "true"

    def _begin(self, bo: str, number: str) -> str:
        named = f'"{bo}"' if self._link.names_object and bo else "null"
        name = _NAMES.get(number) or self._unique[bo][int(number)]
        return f'{{"fieldCode":"{self._link.code}","toBoCode":{named},"toFieldCode":"{name}","apiValue":'


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)

"""The numbers of a batch's objects and links, from 1 and the same at each try: they order what a unit does."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.sources.kafka.links import NumberedLink
from etl.sources.kafka.objects import NumberedObject
from etl.sources.kafka.reading import Record, tree_of_message
from etl.sources.kafka.shapes import CompanyShape, ObjectShape
from etl.sources.kafka.tree import LinkRow, ObjectRow, Tree


@dataclass
class Numbering:
    """Records, which are numbered from 0, with their objects and links."""

    records: Sequence[Record]
    company: CompanyShape
    _objects_before: list[int] = field(default_factory=list)
    _links_before: list[int] = field(default_factory=list)
    # Those of plain records of which something is said.
    _trees: dict[int, Tree] = field(default_factory=dict)

    def __post_init__(self) -> None:
        objects = links = 1
        for record in self.records:
            self._objects_before.append(objects)
            self._links_before.append(links)
            objects += len(record.staged.objects)
            links += len(record.staged.links)

    def parts(self, numbers: Sequence[int]) -> tuple[dict[ObjectShape, list[NumberedObject]], list[NumberedLink]]:
        """The objects of records by business object, and the links."""
        by_shape: dict[ObjectShape, list[NumberedObject]] = {}
        links: list[NumberedLink] = []
        shape: ObjectShape | None = None
        of_shape: list[NumberedObject] = []
        for number in numbers:
            staged = self.records[number].staged
            first = self._objects_before[number]
            for index, row in enumerate(staged.objects, first):
                if row.shape is not shape:
                    shape = row.shape
                    of_shape = by_shape.setdefault(shape, [])
                of_shape.append((index, row))
            if staged.links:
                for index, link in enumerate(staged.links, self._links_before[number]):
                    links.append((index, number, first, link))
        return by_shape, links

    def record_of_object(self, index: int) -> int:
        return bisect_right(self._objects_before, index) - 1

    def record_of_link(self, index: int) -> int:
        return bisect_right(self._links_before, index) - 1

    def object_row(self, index: int) -> ObjectRow:
        """What its record says of an object."""
        number = self.record_of_object(index)
        return self._tree(number).objects[index - self._objects_before[number]]

    def link_row(self, index: int) -> tuple[LinkRow, ObjectRow]:
        """What its record says of a link and its owner."""
        number = self.record_of_link(index)
        tree = self._tree(number)
        row = tree.links[index - self._links_before[number]]
        return row, tree.objects[row.owner]

    def _tree(self, number: int) -> Tree:
        record = self.records[number]
        tree = record.tree or self._trees.get(number)
        if tree is None:
            tree = self._trees[number] = tree_of_message(record.message, self.company)
        return tree

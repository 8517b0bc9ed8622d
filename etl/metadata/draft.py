"""One document on its way to a business object: what could be read of it, and its faults with their lines.

A fault of one field does not hide those of the others: the field is set aside and the rest is read on.
"""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from etl.errors import Problem
from etl.metadata import document, faults
from etl.metadata.business_object import BusinessObject
from etl.metadata.document import Document, Path


@dataclass
class Draft:
    """A document, the business object read from it (None: nothing usable), and where each of its fields stands."""

    path: str
    document: Document = field(default_factory=Document)
    object: BusinessObject | None = None
    positions: tuple[int, ...] = ()
    faults: list[Problem] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """The file's name without `.yaml`; it must be the code."""
        return PurePosixPath(self.path).stem

    @property
    def is_whole(self) -> bool:
        """Whether everything in it was understood, so that something missing is really missing."""
        return self.object is not None and not self.faults

    def problem(self, message: str, field_index: int | None = None, *within: str | int) -> Problem:
        """A fault of the object, or of its field of an index (into `object.fields`), placed at its line."""
        where: Path = within
        name = self.object.code if self.object else self.stem
        if field_index is not None and self.object:
            name += "." + self.object.fields[field_index].code
            where = ("fields", self.positions[field_index], *within)
        return Problem(message, self.path, self.document.line(where), name)


def read_draft(path: str, text: str) -> Draft:
    """Read one document; never raises: the faults are in the draft."""
    draft = Draft(path)
    try:
        draft.document = document.read(path, text)
    except document.RefusedError as refused:
        draft.faults.append(Problem(refused.message, path, refused.line, draft.stem))
        return draft
    draft.faults += [Problem(p.message, p.path, p.line, draft.stem) for p in draft.document.faults]
    _build(draft)
    if draft.object is not None and draft.stem != draft.object.code:
        message = f"the file's name must be the code: call it {draft.object.code}.yaml"
        draft.faults.append(draft.problem(message, None, "code"))
    return draft


def _build(draft: Draft) -> None:
    """Read the object, setting faulty fields aside until it can be read or the fault is not a field's."""
    data = dict(draft.document.data)
    positions = _positions(data)
    try:
        draft.object = BusinessObject.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        draft.faults += [faults.problem(draft.path, draft.stem, draft.document, e) for e in errors]
        bad = {e["loc"][1] for e in errors if e["loc"][0] == "fields" and len(e["loc"]) > 1}
        # A fault outside of the fields leaves the key's default behind, so that the fields can be looked at still.
        faulty = {e["loc"][0] for e in errors} - {"fields"}
        data = {key: value for key, value in data.items() if key not in faulty}
        if bad:
            positions = [p for p in positions if p not in bad]
            data["fields"] = [data["fields"][p] for p in positions]
        draft.object = _second_try(data)
    added = len(draft.object.fields) - len(positions) if draft.object else 0
    draft.positions = (*positions, *[-1] * added)


def _positions(data: dict[str, Any]) -> list[int]:
    fields = data.get("fields")
    return list(range(len(fields))) if isinstance(fields, list) else []


def _second_try(data: dict[str, Any]) -> BusinessObject | None:
    try:
        return BusinessObject.model_validate(data)
    except ValidationError:
        return None

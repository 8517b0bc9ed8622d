"""A file -> sound documents: what the checks of metadata refuse is left out and reported, until the rest is sound."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from etl.errors import ConfigurationError, MetadataError, Problem
from etl.metadata import parse_company
from etl.metadata.names import is_code
from etl.metadata.platform_export.archive import MAX_LINE_BYTES, exported
from etl.metadata.platform_export.convert import (
    Converted,
    Plain,
    from_answer,
    from_export,
)
from etl.metadata.platform_export.json_text import parse_json
from etl.quoting import shown

_FOLDER: Final = "companies/{company}/business-objects/{code}.yaml"


@dataclass(frozen=True)
class Imported:
    """`documents`: YAML by code, in the order of the codes. `left_out`: a line each.

    `is_partial`: not only what carries no data was left out, but business objects or fields.
    """

    documents: Mapping[str, str]
    left_out: tuple[str, ...]
    is_partial: bool


def read_structure(path: Path, company: str, known: Mapping[str, str]) -> Imported:
    """The documents of a file, sound together with those that the company has (`known`: path -> YAML).

    Raises ConfigurationError when the file is no structure, or when nothing of it can be carried.
    """
    notes: list[str] = []
    found = from_export(exported(path, notes)) if zipfile.is_zipfile(path) else from_answer(_answer(path))
    found.others += notes
    if not found.documents:
        raise ConfigurationError(
            Problem("holds no business object that carries data", str(path)), *found.left_out, *found.others
        )
    _only_good_codes(found)
    texts = _sound(found, company, known)
    if not texts:
        raise ConfigurationError(Problem("nothing of it can be carried", str(path)), *found.left_out, *found.others)
    return Imported(texts, (*found.left_out, *found.others), is_partial=bool(found.left_out))


def _answer(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_LINE_BYTES:
        raise ConfigurationError(Problem("is larger than 16 MiB: no structure of one business object is", str(path)))
    try:
        answer = parse_json(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError:
        raise ConfigurationError(Problem("is neither a zip archive nor a text in UTF-8", str(path))) from None
    if not isinstance(answer.get("boCode"), str) or not isinstance(answer.get("fields"), dict):
        raise ConfigurationError(
            Problem("is not an answer of load-bo-structure: that has `boCode` and an object `fields`", str(path))
        )
    return answer


def _only_good_codes(found: Converted) -> None:
    # A code becomes the name of a file and the key of a problem: it is looked at first.
    for code in [code for code in found.documents if not is_code(code)]:
        del found.documents[code]
        found.left_out.append(f"{shown(code)}: no code for SQL")
    for code, plain in found.documents.items():
        for field in [field for field in plain["fields"] if not is_code(field["code"])]:
            plain["fields"].remove(field)
            found.left_out.append(f"{shown(code + '.' + field['code'])}: no code for SQL")


def _sound(found: Converted, company: str, known: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is faulty and look again: a field first, an object only if the fault is its own."""
    while found.documents:
        texts = {code: _yaml(plain) for code, plain in sorted(found.documents.items())}
        paths = {_FOLDER.format(company=company, code=code): text for code, text in texts.items()}
        try:
            parse_company(company, {**known, **paths})
        except MetadataError as error:
            _leave_out(found, error, set(paths))
            continue
        return texts
    return {}


def _leave_out(found: Converted, error: MetadataError, paths: set[str]) -> None:
    ours = [problem for problem in error.problems if problem.path in paths]
    if not ours:
        raise error
    of_fields = [problem for problem in ours if "." in problem.key]
    for problem in of_fields or ours:
        code, _, name = problem.key.partition(".")
        plain = found.documents.get(code)
        if plain is None:
            continue
        kept = [field for field in plain["fields"] if name and field["code"] != name]
        if not name or len(kept) == len(plain["fields"]):
            del found.documents[code]
        else:
            plain["fields"] = kept
        found.left_out.append(f"{shown(problem.key)}: {problem.message}")


def _yaml(plain: Plain) -> str:
    # Through JSON: no part is shared, so that no anchor is written.
    copied = json.loads(json.dumps(plain))
    return str(yaml.safe_dump(copied, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False))

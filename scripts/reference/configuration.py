"""The page of the configuration keys."""

from collections.abc import Iterator

from etl.settings.catalogue import FILES
from etl.settings.keys import Key, KeyFile, ValueKind
from scripts.reference.markdown import NOTE, cell, code, table


def configuration() -> str:
    lines = ["# Configuration keys", "", NOTE]
    for file in FILES:
        rows = [(f"`{key.name}`", code(key.default), cell(" ".join(_meaning(key)))) for key in file.keys]
        rows += [(f"`{family.name}`", "", cell(family.comment)) for family in file.families]
        lines += [f"## `{file.path}`", "", file.comment, *_company_copy(file), ""]
        lines += [*table(("key", "default", "meaning"), rows), ""]
    return "\n".join(lines)


def _company_copy(file: KeyFile) -> list[str]:
    return [f"A company's own copy: `companies/<company>/{file.path}`."] if file.overlaid else []


def _meaning(key: Key) -> Iterator[str]:
    yield key.comment
    if key.kind is ValueKind.NUMBER:
        yield f"From {key.smallest} to {key.largest}" + (f" {key.unit}." if key.unit else ".")
    if key.choices:
        yield "One of " + ", ".join(key.choices) + "."
    if key.empty:
        yield f"Empty: {key.empty}."
    if key.secret:
        yield "Secret: never shown."

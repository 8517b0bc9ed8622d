"""The sample tree: all keys with default and comment, generated from the table of keys.

`python -m etl.settings.samples zk_config` writes it again after a change of the table.
"""

import sys
import textwrap
from pathlib import Path

from etl.settings.catalogue import FILES
from etl.settings.keys import Key, KeyFamily, KeyFile, ValueKind
from etl.settings.own_grammars import OWN_GRAMMARS

_WIDTH = 100


def samples() -> dict[str, str]:
    """Path → text of the whole sample tree."""
    return {file.path: _sample(file) for file in FILES} | OWN_GRAMMARS


def _sample(file: KeyFile) -> str:
    blocks = [_comment(file.comment), *(_block(key) for key in file.keys), *map(_family_block, file.families)]
    return "\n\n".join(blocks) + "\n"


def _block(key: Key) -> str:
    return f"{_comment(key.comment, *_remarks(key))}\n{key.name}={key.default}"


def _family_block(family: KeyFamily) -> str:
    return "\n".join((_comment(family.comment), *(f"# {line}" for line in family.examples)))


def _remarks(key: Key) -> list[str]:
    remarks = []
    if key.kind is ValueKind.NUMBER:
        remarks.append(f"From {key.smallest} to {key.largest}" + (f" {key.unit}." if key.unit else "."))
    if key.kind is ValueKind.BOOLEAN:
        remarks.append("true or false.")
    if key.choices:
        remarks.append("One of " + ", ".join(key.choices) + ".")
    if key.empty:
        remarks.append(f"Empty: {key.empty}.")
    return remarks


def _comment(*sentences: str) -> str:
    lines = textwrap.wrap(" ".join(sentences), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)


def _write(folder: Path) -> None:
    for path, content in samples().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))

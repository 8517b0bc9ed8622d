"""YAML text -> plain data and the line of every part of it; the strict small half of YAML that documents need.

Refused: anchors and aliases (a few lines of them expand to gigabytes), tags, duplicate keys, several documents in one
text, deep nesting, texts over 1 MiB. Scalars stay the words that were written.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.composer import Composer

from etl.errors import Problem
from etl.metadata.texts import fault_of, joined
from etl.quoting import shown

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 16

Path = tuple[str | int, ...]
_NULL = frozenset({"", "~", "null"})
_KINDS = ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in _KINDS)


class RefusedError(Exception):
    """A text is no document: what is wrong, and on which line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.message, self.line = message, line
        super().__init__(message)


class _Strict(Composer):
    """PyYAML's composer without anchors, aliases, tags of one's own and depth."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[attr-defined]
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RefusedError("anchors and aliases (& and *) are not allowed: write the value out", line)
        if self.depth >= MAX_DEPTH:
            raise RefusedError(f"it is nested deeper than {MAX_DEPTH} levels: a document needs four", line)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and node.tag not in _TAGS:
            raise RefusedError(f"the YAML tag {shown(node.tag)} is not allowed: write a plain value", line)
        return node


class _Loader(_Strict, yaml.SafeLoader):
    """All of it in Python: its errors name what is wrong best."""


class _FastLoader(_Strict, yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Events of libyaml where PyYAML has it: ten times as fast, and judged as those of the other loader."""

    def __init__(self, text: str) -> None:
        (yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader).__init__(self, text)
        Composer.__init__(self)


@dataclass
class Document:
    """The data of one text, the line on which each path of it begins, and the faults met on the way."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """Line of a path, or of the nearest part around it that the author did write."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read(path: str, text: str) -> Document:
    """Read one text; raises RefusedError when nothing of it can be used."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise RefusedError("it is larger than 1 MiB: a business object's document is a few hundred lines")
    node = _compose(text)
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in _NULL):
        raise RefusedError("the document is empty: write at least `code` and `fields`, or delete the file")
    if not isinstance(node, yaml.MappingNode):
        raise RefusedError("the document must be a mapping of keys (`code: …`, `fields: …`)", node.start_mark.line + 1)
    document = Document(lines={(): node.start_mark.line + 1})
    document.data = _mapping(node, (), path, document)
    return document


def _compose(text: str) -> yaml.Node | None:
    try:
        return _FastLoader(text).get_single_node()
    except (yaml.YAMLError, RefusedError, UnicodeError):
        return _compose_slowly(text)


def _compose_slowly(text: str) -> yaml.Node | None:
    loader = None
    try:
        loader = _Loader(text)
        return loader.get_single_node()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        what = ", ".join(part for part in (fault.context, fault.problem) if part)
        raise RefusedError(f"YAML syntax: {what}", mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        raise RefusedError(f"the character U+{_ordinal(fault.character):04X} is not allowed in YAML", line) from None
    except (ValueError, OverflowError):  # what chr() says of \U00110000 in quotes
        at = loader.line + 1 if loader is not None else None
        raise RefusedError(
            "YAML syntax: an escape (\\U…) names no character, as the last one is U+10FFFF", at
        ) from None
    finally:
        if loader is not None:
            loader.dispose()


def _ordinal(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)


def _value(node: yaml.Node, at: Path, path: str, document: Document) -> Any:
    document.lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, at, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*at, i), path, document) for i, child in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | None:
    # What a word means is for the model to say: `No`, `True` and `1` may be codes, and 5:30 is 330 to YAML 1.1 alone.
    text = joined(str(node.value))
    return None if node.tag.endswith(":null") and text in _NULL else text


def _mapping(node: yaml.MappingNode, at: Path, path: str, document: Document) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.faults.append(Problem("a key must be a word", path, line))
            continue
        key = joined(str(key_node.value))
        if fault := fault_of(key):
            document.faults.append(Problem(f"a key is not a plain word: {fault}", path, line))
            continue
        if key in data:
            first = document.lines[(*at, key)]
            document.faults.append(Problem(f"the key {shown(key)} stands twice, first on line {first}", path, line))
            continue
        document.lines[(*at, key)] = line
        data[key] = _value(value_node, (*at, key), path, document)
    return data

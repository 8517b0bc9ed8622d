"""The page of the configuration tree: which texts it has, in a directory as in ZooKeeper."""

from typing import Final

from etl.config.text import LARGEST_TEXT
from etl.settings.catalogue import FILES
from etl.settings.kafka_distribution import DISTRIBUTION
from etl.settings.kafka_keys import OUT_KAFKA, output_path
from etl.settings.logging import LOGGING
from etl.settings.own_grammars import OWN_GRAMMARS
from etl.settings.samples import samples
from scripts.reference.markdown import NOTE, cell, code, table

_TEXT: Final = f"""\
`file:/path` names a directory, `zookeeper://host:2181/path` a node; the tree below it is the same. A text is a file,
or the data of a node. It has at most {LARGEST_TEXT // 1024 // 1024} MiB of UTF-8; in ZooKeeper 4 KiB less can be
written. `etl config init` writes all texts with their defaults, `etl config export` and `etl config import` copy a
tree, `etl config check` reads it. Other texts may be in the tree; they are not read.
"""

_KEYS: Final = "lines `key=value` or `key:ENV=NAME`, `#` begins a comment"
_FORMATS: Final = {
    **dict.fromkeys(OWN_GRAMMARS, "lines `method = pattern`: [service.md](../service.md#the-schedule)"),
    DISTRIBUTION: "YAML, `code: topic`",
    LOGGING: "layouts, destinations and categories: [service.md](../service.md#the-log)",
}
_MEANINGS: Final = {
    DISTRIBUTION: "Business objects whose records go into a topic of their own.",
    LOGGING: "Where events of the log go.",
}
_FURTHER: Final = (
    (
        output_path("<output>"),
        _KEYS,
        f"An output into topics of its own. Each key that is missing is as in {OUT_KAFKA}.",
    ),
    ("companies/<company>/", "folder", "One for each company; its name is the company's code."),
    (
        "companies/<company>/business-objects/<code>.yaml",
        "YAML: [business-object.md](../business-object.md)",
        "One business object; the name of the text is its code.",
    ),
    ("companies/<company>/configs/…", _KEYS, "A company's own copy of a text of `configs`; each key in it wins."),
    (
        "<text>.errors.txt",
        "lines",
        "Written by `etl run --loop` beside a text with faults, and deleted when it has none; never read.",
    ),
)


def zookeeper() -> str:
    rows = [(code(file.path), _KEYS, cell(file.comment)) for file in FILES]
    rows += [(code(path), _FORMATS[path], cell(_meaning(path))) for path in OWN_GRAMMARS]
    rows += [(code(path), text, meaning) for path, text, meaning in _FURTHER]
    lines = ["# Configuration tree, also in ZooKeeper", "", NOTE, _TEXT]
    lines += [*table(("path", "format", "meaning"), rows), "", "## Defaults", ""]
    lines.append(
        "Of the keys: [configuration.md](configuration.md). The other texts, as `etl config init` writes them:\n"
    )
    for path in OWN_GRAMMARS:
        lines += [f"### `{path}`", "", "```text", samples()[path].rstrip(), "```", ""]
    return "\n".join(lines)


def _meaning(path: str) -> str:
    if path in _MEANINGS:
        return _MEANINGS[path]
    first = OWN_GRAMMARS[path].partition("\n")[0].removeprefix("# ")
    return first.partition(". ")[0].rstrip(".") + "."

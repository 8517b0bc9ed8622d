"""Files of the tree that look like ours but are not read: a slip in a name would silently mean all defaults."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher

from etl.errors import Problem
from etl.settings.catalogue import FILES
from etl.settings.own_grammars import OWN_GRAMMARS

# One wrong letter in a name of twenty. InMigrationKafkaConfig.txt, the platform's own, lies below it.
_SIMILAR = 0.9
_OVERLAID = {file.path for file in FILES if file.overlaid}
_KNOWN = {file.path for file in FILES} | set(OWN_GRAMMARS)
_COMPANY = re.compile(r"companies/[^/]+/(.+)", re.DOTALL)


def misplaced_files(texts: Mapping[str, str], place: Callable[[str], str]) -> Iterator[Problem]:
    """A problem for each file whose name is nearly that of a known one; other unknown files are the platform's."""
    for path in sorted(texts):
        inside = _COMPANY.fullmatch(path)
        relative = inside[1] if inside else path
        if relative not in _KNOWN:
            meant = _meant(relative)
            if meant:
                yield Problem(f"is not read; did you mean {meant}? Rename or remove it", place(path))
        elif inside and relative not in _OVERLAID:
            yield Problem(f"is not read: a company has its own configs/ only; {relative} counts for all", place(path))


def _meant(relative: str) -> str | None:
    for known in sorted(_KNOWN):
        if relative.lower() == known.lower():
            return known
        folder, _, name = known.rpartition("/")
        same_folder = folder == "configs" and relative.startswith("configs/")
        if same_folder and _similar(relative.removeprefix("configs/"), name):
            return known
    return None


def _similar(name: str, known: str) -> bool:
    # A copy beside the original (InMigrationConfig.txt.bak, …txt~) is no slip.
    if name.startswith((f"{known}.", f"{known}~")):
        return False
    return SequenceMatcher(None, name.lower(), known.lower()).ratio() > _SIMILAR

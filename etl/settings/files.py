"""Finds files whose names are misspelled: they would not be read, and all their keys silently have defaults."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher

from etl.errors import Problem
from etl.settings.catalogue import FILES
from etl.settings.kafka_keys import RECOVERY_SUFFIX, is_output_name, output_name
from etl.settings.own_grammars import OWN_GRAMMARS

# One wrong letter in twenty.
_SIMILAR = 0.9
_OVERLAID = {file.path for file in FILES if file.overlaid}
_KNOWN = {file.path for file in FILES} | set(OWN_GRAMMARS)
_COMPANY = re.compile(r"companies/[^/]+/(.+)", re.DOTALL)


def misplaced_files(texts: Mapping[str, str], location: Callable[[str], str]) -> Iterator[Problem]:
    """A problem for each file whose name is almost that of a known one. Other unknown files belong to the platform."""
    for path in sorted(texts):
        inside = _COMPANY.fullmatch(path)
        relative = inside[1] if inside else path
        if output := output_name(relative):
            if not is_output_name(output):
                rule = "has at most 40 letters, digits, _ and -"
                if output.endswith(RECOVERY_SUFFIX):
                    rule = f"does not end with {RECOVERY_SUFFIX}, as the transactional id of a recovery does"
                yield Problem(f"is not read: the name of an output {rule}; rename the text", location(path))
        elif relative not in _KNOWN:
            meant = _meant(relative)
            if meant:
                yield Problem(f"is not read; did you mean {meant}? Rename or remove it", location(path))
        elif inside and relative not in _OVERLAID:
            yield Problem(
                f"is not read: a company has its own configs/ only; {relative} counts for all", location(path)
            )


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
    # A copy beside the original (InMigrationConfig.txt.bak, …txt~, InMigrationConfig.old.txt) is not a misspelling.
    if name.startswith((f"{known}~", f"{known.removesuffix('txt')}")):
        return False
    return SequenceMatcher(None, name.lower(), known.lower()).ratio() > _SIMILAR

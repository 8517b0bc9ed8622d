"""Parses the `key=value` grammar of the platform's files.

    # comment
    key=value              both trimmed; the first = splits; no quotes, escapes or trailing comments
    key                    no value: the default applies
    key:ENV=NAME           the value of the environment variable NAME, as it is: a password may end in a blank

Unlike in the platform, a line that cannot be parsed is an error. Messages never repeat what may be a value: a password
on a wrong line would end up in a log.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.errors import Problem

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class KeyValue:
    """One line with a key. `value` is None on a bare key; `variable` names where a value comes from."""

    key: str
    line: int
    value: str | None = field(repr=False)
    variable: str = ""


def parse_pairs(path: str, text: str, environ: Mapping[str, str]) -> tuple[list[KeyValue], list[Problem]]:
    """All pairs of a file in order, and a problem for each other line."""
    pairs, problems = list[KeyValue](), list[Problem]()
    seen = dict[str, int]()
    # Only \n ends a line: str.splitlines would also cut at form feeds and Unicode separators inside a value.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.strip().startswith("#"):
            continue
        found = _pair(path, number, line, environ)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.key in seen:
            message = f"is already on line {seen[found.key]}: delete one of the two"
            problems.append(Problem(message, path, number, found.key))
        else:
            seen[found.key] = number
            pairs.append(found)
    return pairs, problems


def _pair(path: str, number: int, line: str, environ: Mapping[str, str]) -> KeyValue | Problem:
    left, equals, right = line.partition("=")
    key, colon, modifier = (part.strip() for part in left.partition(":"))
    if not _KEY.fullmatch(key):
        return Problem("this line has no key: write key=value, or # before a comment", path, number)
    if not colon:
        return KeyValue(key, number, right.strip() if equals else None)
    if modifier != "ENV" or not equals:
        return Problem(f"only {key}:ENV=NAME is known after a colon: write that or {key}=value", path, number, key)
    variable = right.strip()
    if not _VARIABLE.fullmatch(variable):
        return Problem("after :ENV= write the name of an environment variable", path, number, key)
    if variable not in environ:
        message = f"the environment variable {variable} is not defined: define it where etl is started"
        return Problem(message, path, number, key)
    return KeyValue(key, number, environ[variable], variable)

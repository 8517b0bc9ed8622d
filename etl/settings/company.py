"""Which company a runner serves: that of the option, else companyCode, else the only one there is."""

import re
from collections.abc import Iterable

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def is_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text))


def company_folders(paths: Iterable[str]) -> list[str]:
    """The codes of the folders below companies/, sorted."""
    parts = (path.split("/") for path in paths)
    return sorted({part[1] for part in parts if len(part) > 2 and part[0] == "companies" and is_code(part[1])})


def choose(asked: str | None, named: str, folders: list[str]) -> str:
    """The code of the company; empty if it is not determined."""
    return asked or named or (folders[0] if len(folders) == 1 else "")


def undecided(folders: list[str]) -> str:
    """The message when the company is not determined."""
    if not folders:
        return "no company yet: name one here, and put its business objects into companies/<code>/business-objects/"
    return f"there are several companies, {', '.join(folders)}: name one here or with the option --company"

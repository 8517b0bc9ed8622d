"""Which people of the store the directory no longer has, and where their accounts are now."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from etl.engine.directory import MOST_ABSENT
from etl.monitoring.finding import Finding, ok, warning
from etl.sources.directory import Account, Directory

_NAMED: Final = 5


def check_vanished(
    known: Mapping[str, str], accounts: Collection[Account], opened: Directory, path: str
) -> Iterator[Finding]:
    """`known`: objectGUID -> login of those whom syncs have met; nothing where there was no sync. `path`: the text of
    the settings."""
    if not known:
        return
    absent = known.keys() - {one.guid for one in accounts}
    if not absent:
        yield ok("vanished", f"none of {len(known):,} people whom syncs have met")
        return
    do = f"the next sync deals with them by adVanished; if that is not meant, correct adBase or adUserFilter in {path}"
    if len(absent) > MOST_ABSENT:
        yield warning("vanished", f"{len(absent):,} of {len(known):,} people whom syncs have met", do)
        return
    found = opened.dns_of(absent)
    names = sorted(
        f"{known[guid]} moved to {found[guid]}" if guid in found else f"{known[guid]} is deleted or hidden"
        for guid in absent
    )
    rest = f"; and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    yield warning("vanished", f"{len(names):,}: {'; '.join(names[:_NAMED])}{rest}", do)

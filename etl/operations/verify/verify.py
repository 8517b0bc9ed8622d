"""All checks, one after the other."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from etl.database import read_only_transaction
from etl.engine import damage_message, states_at
from etl.errors import EtlError
from etl.monitoring.finding import Finding, error, warning
from etl.operations.installation import Installation
from etl.operations.verify.catalog import check_collations, check_indexes, check_page_checksums, check_parts
from etl.operations.verify.indexes import check_index_contents
from etl.operations.verify.moments import check_moments
from etl.operations.verify.rows import check_links, check_out_rows, check_read_rows, check_waiting_links
from etl.operations.verify.sequences import check_sequences


class Depth(StrEnum):
    """QUICK: what the catalogs show, and sequences. ROWS: also every link, waiting link and row that was merged.
    INDEXES: also every index against its table."""

    QUICK = "quick"
    ROWS = "rows"
    INDEXES = "indexes"


Check = Callable[[Installation, bool], Iterator[Finding]]

_QUICK: tuple[tuple[str, Check], ...] = (
    ("versions", check_parts),
    ("moments", check_moments),
    ("indexes", check_indexes),
    ("sequences", check_sequences),
    ("collations", check_collations),
    ("page checksums", check_page_checksums),
)
_ROWS: tuple[tuple[str, Check], ...] = (
    ("links", check_links),
    ("waiting links", check_waiting_links),
    ("read rows", check_read_rows),
    ("out_ rows", check_out_rows),
)
_INDEXES: tuple[tuple[str, Check], ...] = (("indexes", check_index_contents),)


def verify(installation: Installation, depth: Depth = Depth.ROWS, *, repair: bool = False) -> Iterator[Finding]:
    """Yields what is found. With `repair` what can be repaired without losing anything is, and the finding says so."""
    if not _have_this_version(installation):
        yield from check_parts(installation, repair)
        yield warning(
            "versions",
            "some tables have another version than this etl: their rows were not looked at",
            "`etl upgrade start`, after `etl restore --activate` where they are held; or install the newer etl",
        )
        return
    checks = {Depth.QUICK: _QUICK, Depth.ROWS: (*_QUICK, *_ROWS), Depth.INDEXES: (*_QUICK, *_INDEXES, *_ROWS)}
    for what, check in checks[depth]:
        try:
            yield from check(installation, repair)
        except EtlError as fault:
            found = damage_message(installation.runtime, fault)
            yield error(what, found, "settle what the message names, then verify again")


def _have_this_version(installation: Installation) -> bool:
    runtime = installation.runtime
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with read_only_transaction(engine) as connection:
            states = states_at(connection, runtime, engine)
        if any(one.version is not None and one.version != one.part.version for one in states):
            return False
    return True

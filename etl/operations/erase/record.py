"""What is remembered of an erasure outside the databases, in the configuration: a restore brings the values back."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from etl.config import Tree, open_source
from etl.database import Connection, SqlTemplates, fetch_all, part_states, read_only_transaction
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.operations.installation import Installation
from etl.store import STORE

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Recorded:
    """An instance that was erased. `digests`: of its external ids: the ids cannot be read from them."""

    bo: str
    instance: str
    digests: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"{self.bo} {self.instance} {','.join(self.digests)}".strip()


def digests_of(company: str, bo: str, in_ids: Iterable[str]) -> list[str]:
    """One for each external id; the same id of another company or object has another one."""
    return sorted(hashlib.sha256(f"{_prefix(company, bo)}{one}".encode()).hexdigest() for one in in_ids)


def note_in_configuration(installation: Installation, erased: Recorded) -> None:
    """Adds a line to the text of this year, unless some text has it. Raises ConfigurationError where it cannot be
    written; the message has the line to add by hand."""
    tree = installation.tree
    if any(one.line == erased.line for one in recorded(tree, installation.runtime.company.code)):
        return
    path = f"companies/{installation.runtime.company.code}/erasures/{datetime.now(UTC):%Y}.txt"
    try:
        with open_source(tree.origin) as source:
            text = source.snapshot().contents.get(path, "")
            source.write(path, f"{text}{erased.line}\n")
    except ConfigurationError as fault:
        raise ConfigurationError(
            f"nothing was erased, as {path} cannot be written, by which the erasure is repeated after a restore: "
            f"{fault}. Add this line to it, then call the command again: {erased.line}"
        ) from fault


def recorded(tree: Tree, company: str) -> Iterator[Recorded]:
    """What the configuration has noted of a company."""
    for path, text in sorted(tree.contents.items()):
        if path.startswith(f"companies/{company}/erasures/"):
            for line in text.splitlines():
                words = line.split()
                if len(words) in (2, 3) and not line.startswith("#"):
                    yield Recorded(words[0], words[1], tuple(words[2].split(",")) if len(words) == 3 else ())


def unrepeated(installation: Installation) -> list[Recorded]:
    """Erasures that the configuration has and this store has not: it was restored from an earlier backup."""
    runtime = installation.runtime
    known = {bo.code for bo in runtime.company.objects if bo.carries_data}
    noted = [one for one in dict.fromkeys(recorded(installation.tree, runtime.company.code)) if one.bo in known]
    if not noted:
        return []
    with read_only_transaction(runtime.store_engine) as store:
        [state] = part_states(store, runtime.store.schema, [STORE])
        if state.version is None:
            return []
        rows = fetch_all(store, _sql("ended_erasures", schema=runtime.store.schema)) if state.has("erasures") else []
    ended = {(row.bo, row.instance) for row in rows}
    return [one for one in noted if (one.bo, one.instance) not in ended]


def ids_of(
    connection: Connection, runtime: Runtime, erased: Recorded, schema: str, columns: list[tuple[str, str]]
) -> list[str]:
    """The external ids in columns of tables whose digests are known; each table is read once."""
    if not erased.digests:
        return []
    values = {"prefix": _prefix(runtime.company.code, erased.bo), "digests": list(erased.digests)}
    return [row.in_id for row in fetch_all(connection, _sql("ids_by_digest", schema=schema, ids=columns), values)]


def _prefix(company: str, bo: str) -> str:
    return f"{company}/{bo}/"

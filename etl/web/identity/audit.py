"""Notes every action before it is done, and its outcome afterwards; and does what is asked for twice only once."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from etl.database import Connection, execute, fetch_all, fetch_one
from etl.web.identity.store import WebStore, sql
from etl.web.texts.sentence import kept, sentence_of

AuditOutcome = Literal["done", "refused", "failed"]
Result = Mapping[str, Any]
HIDDEN = "•••"


@dataclass(frozen=True)
class Entry:
    """What a viewer asks to be done. `parameters` have no secrets; `given`: all of them and whole, which are not
    kept: they show that a key was used for something else."""

    request_id: str
    viewer: str
    role: str
    address: str
    company: str
    action: str
    target: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Begun:
    """An action that is about to be done: the number of its row in the audit, and its key."""

    audit_id: int
    viewer: str
    key_digest: bytes = field(repr=False)


@dataclass(frozen=True)
class Repeated:
    """An action that was asked for under the same key before. `result` is None while it is being done; `is_same`:
    what was asked for then is what is asked for now."""

    audit_id: int
    begun_at: datetime
    result: Result | None
    is_same: bool


class Audit:
    """The audit in the schema `etl_web`. Raises EnvironmentFault while its database is away: then nothing is done."""

    def __init__(self, store: WebStore) -> None:
        self._store = store
        self._open: set[int] = set()

    def begin(self, entry: Entry, key: str) -> Begun | Repeated:
        """Notes an action and takes its key, committed when this returns; or finds what was done under the key."""
        digest = hashlib.sha256(key.encode()).digest()
        asked = _digest_of(entry, key)
        with self._writing(entry) as connection:
            if found := _find(connection, entry.viewer, digest, asked):
                return found
            audit_id = _add(connection, entry)
            taken = {"viewer": entry.viewer, "key_digest": digest, "request_digest": asked, "audit_id": audit_id}
            if execute(connection, sql("take_key"), taken) == 1:
                self._open.add(audit_id)
                return Begun(audit_id, entry.viewer, digest)
            # Another request with the key has committed meanwhile.
            _end(connection, audit_id, "refused", "the same was asked for at the same time")
            found = _find(connection, entry.viewer, digest, asked)
        if found is None:
            raise RuntimeError("a key of an action was taken and is not there")
        return found

    def end(self, begun: Begun, outcome: AuditOutcome, detail: str, result: Result | None) -> None:
        """Notes how an action ended. Without a result its key may be used again."""
        keyed = {"viewer": begun.viewer, "key_digest": begun.key_digest}
        with self._store.writing() as connection:
            _end(connection, begun.audit_id, outcome, detail)
            if result is None:
                execute(connection, sql("release_key"), keyed)
            else:
                execute(connection, sql("note_result"), keyed | {"result": json.dumps(result)})
            execute(connection, sql("delete_old_keys"))
        self.leave(begun)

    def leave(self, begun: Begun) -> None:
        """An action whose outcome cannot be noted: it is treated as one whose process has ended."""
        self._open.discard(begun.audit_id)

    def note_alive(self) -> None:
        """Says that this process still does what it has begun."""
        with self._store.writing() as connection:
            execute(connection, sql("note_alive"), {"audit_ids": list(self._open)})

    def end_lost(self, seconds: float) -> list[int]:
        """Ends the actions of which no process has said for `seconds` that it does them; returns their numbers."""
        detail = sentence_of("sentence.action_lost")
        values = {"seconds": seconds, "detail": detail, "sentence": json.dumps(kept(detail))}
        with self._store.writing() as connection:
            return [row.audit_id for row in fetch_all(connection, sql("end_lost_actions"), values)]

    def note(self, entry: Entry, outcome: AuditOutcome, detail: str) -> None:
        """Notes something that has no key: a sign-in, a refusal."""
        with self._writing(entry) as connection:
            note_within(connection, entry, outcome, detail)

    def check(self) -> None:
        """Raises EnvironmentFault while nothing can be noted."""
        with self._store.reading():
            pass

    def entries(self, company: str, *, before: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """What was done in a company, the newest first; the empty company stands for what belongs to none.

        In pages: `before` is the id of the last entry seen.
        """
        return self._read("read_audit", before, company=company, limit=limit)

    def entries_of_all(
        self, hidden: Sequence[str], *, before: int | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        """The same of all companies but the hidden ones, and of none."""
        return self._read("read_audit_of_all", before, hidden=list(hidden), limit=limit)

    def _read(self, name: str, before: int | None, **values: object) -> list[dict[str, Any]]:
        values["before"] = (1 << 63) - 1 if before is None else before
        with self._store.reading() as connection:
            return [dict(row._mapping) for row in fetch_all(connection, sql(name), values)]

    def action(self, company: str, audit_id: int) -> dict[str, Any] | None:
        """One action, with its outcome if it has ended."""
        with self._store.reading() as connection:
            row = fetch_one(connection, sql("read_action"), {"id": audit_id, "company": company})
        return dict(row._mapping) if row else None

    @contextmanager
    def _writing(self, entry: Entry) -> Iterator[Connection]:
        with self._store.writing(f"etl-web:{entry.request_id}") as connection:
            yield connection


def note_within(connection: Connection, entry: Entry, outcome: AuditOutcome, detail: str) -> None:
    """Notes something with its outcome in the transaction that does it."""
    _end(connection, _add(connection, entry), outcome, detail)


def shown(parameters: Mapping[str, str], hidden: frozenset[str]) -> dict[str, str]:
    """Parameters as the audit keeps them: PostgreSQL takes neither zero bytes nor halves of surrogate pairs."""
    return {_kept(name): HIDDEN if name in hidden else _kept(value[:500]) for name, value in sorted(parameters.items())}


def _kept(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _digest_of(entry: Entry, key: str) -> bytes:
    """Of all that was asked, and of the key, which is kept nowhere: no value is found by trying which one has it."""
    asked = json.dumps([key, entry.company, entry.action, entry.target, dict(entry.given)], sort_keys=True)
    return hashlib.sha256(asked.encode()).digest()


def _find(connection: Connection, viewer: str, key_digest: bytes, asked: bytes) -> Repeated | None:
    row = fetch_one(connection, sql("find_key"), {"viewer": viewer, "key_digest": key_digest})
    if row is None:
        return None
    return Repeated(row.audit_id, row.begun_at, row.result, bytes(row.request_digest) == asked)


def _add(connection: Connection, entry: Entry) -> int:
    values = vars(entry) | {"parameters": json.dumps(dict(entry.parameters))}
    del values["given"]
    [row] = fetch_all(connection, sql("add_audit"), values)
    return int(row.id)


def _end(connection: Connection, audit_id: int, outcome: AuditOutcome, detail: str) -> None:
    sentence = kept(detail)
    values = {"detail": detail, "sentence": json.dumps(sentence) if sentence else None}
    execute(connection, sql("add_outcome"), {"audit_id": audit_id, "outcome": outcome, **values})

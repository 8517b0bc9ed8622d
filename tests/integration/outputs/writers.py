"""Writers of the golden store: each change in a transaction of its own, journalled as the engine does it."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.fix_company import STORE, Site
from tests.fix_database import Database

Session = psycopg.Connection[Any]

_JOURNAL = f"insert into {STORE}.journal (bo, field, instance, target, change) values (%s, %s, %s, %s, %s)"


@contextmanager
def session(database: Database) -> Iterator[Session]:
    """A session of a superuser; what it does is committed when its owner says so."""
    with psycopg.connect(
        host=database.host, port=database.port, dbname=database.name, user=database.username
    ) as connection:
        yield connection


@dataclass
class Writer:
    """Changes clients and the links of claims at random; `numbers` are those of its rows in the journal."""

    session: Session
    chance: random.Random
    numbers: list[int] = field(default_factory=list)

    def change(self) -> None:
        """One change, not committed yet."""
        act = self.chance.choice([self._rename, self._rename, self._create, self._remove, self._return, self._link])
        act()

    def _one(self, query: str, *values: object) -> Any:
        row = self.session.execute(query, values).fetchone()
        return row[0] if row else None

    def _journal(self, change: str, instance: str, link: str | None = None, target: str | None = None) -> None:
        bo = "Claim" if link else "Client"
        number = self._one(f"{_JOURNAL} returning n", bo, link, instance, target, change)
        self.numbers.append(number)

    def _any(self, table: str, condition: str = "true") -> Any:
        # Rows that another writer has in hand are left to it.
        query = f"select _id from {STORE}.{table} where {condition} and _id >= %s order by _id limit 1"
        locked = f"{query} for update skip locked"
        return self._one(locked, self.chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))

    def _name(self) -> str:
        return f"name {self.chance.randrange(10**9)}"

    def _rename(self) -> None:
        if chosen := self._any("bo_Client"):
            self.session.execute(f"update {STORE}.bo_Client set Name = %s where _id = %s", [self._name(), chosen])
            self._journal("changed", chosen)

    def _create(self) -> None:
        new = "".join(self.chance.choices("ABCDEFGHabcdefgh0123456789@~", k=16))
        self.session.execute(
            f"insert into {STORE}.bo_Client (_id, _created_at, _modified_at, Name) values (%s, now(), now(), %s)",
            [new, self._name()],
        )
        self._journal("created", new)

    def _remove(self) -> None:
        if chosen := self._any("bo_Client", "_state <> 'REMOVED'"):
            self.session.execute(f"update {STORE}.bo_Client set _state = 'REMOVED' where _id = %s", [chosen])
            self._journal("removed", chosen)

    def _return(self) -> None:
        if chosen := self._any("bo_Client", "_state = 'REMOVED'"):
            self.session.execute(f"update {STORE}.bo_Client set _state = 'ACTUAL' where _id = %s", [chosen])
            self._journal("returned", chosen)

    def _link(self) -> None:
        owner, target = self._any("bo_Claim"), self._any("bo_Client")
        if not owner or not target:
            return
        gone = self._one(f"delete from {STORE}.link_Claim_Client where _owner = %s returning _target", owner)
        if gone:
            self._journal("unlinked", owner, "Client", gone)
        if gone != target:
            self.session.execute(
                f"insert into {STORE}.link_Claim_Client (_owner, _target, _target_bo, _linked_at) "
                "values (%s, %s, 'Client', now())",
                [owner, target],
            )
            self._journal("linked", owner, "Client", target)


def populate(site: Site, clients: int, claims: int = 50) -> None:
    """Instances and links straight into the store, journalled as created."""
    new_id = "translate(encode(substr(uuid_send(gen_random_uuid()), 1, 12), 'base64'), '+/', '@~')"
    site.look(
        f"""
        with made as (
            insert into {STORE}.bo_Client (_id, _created_at, _modified_at, Name)
            select {new_id}, now(), now(), 'client ' || n from generate_series(1, {clients}) n returning _id
        )
        insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'created' from made;
        with made as (
            insert into {STORE}.bo_Claim (_id, _created_at, _modified_at, Title)
            select {new_id}, now(), now(), 'claim ' || n from generate_series(1, {claims}) n returning _id
        )
        insert into {STORE}.journal (bo, instance, change) select 'Claim', _id, 'created' from made;
        with pairs as (
            select k._id as owner, c._id as target
            from {STORE}.bo_Claim k
            cross join lateral (
                select _id from {STORE}.bo_Client c where c._id > k._id order by c._id limit 1
            ) c
            where k.Title like 'claim %'
        ),
        made as (
            insert into {STORE}.link_Claim_Client (_owner, _target, _target_bo, _linked_at)
            select owner, target, 'Client', now() from pairs on conflict do nothing returning _owner, _target
        )
        insert into {STORE}.journal (bo, field, instance, target, change)
        select 'Claim', 'Client', _owner, _target, 'linked' from made;
        """
    )


def wrong_rows(site: Site, schema: str, *, client_columns: tuple[str, ...] = ("Name",)) -> dict[str, int]:
    """Table -> rows of an out_ version that are missing, too many or other than the store says; {} when it is right."""
    shown = ", ".join(("_created_at", *client_columns))
    seen = ", ".join(("system_created_at", *client_columns))
    queries = {
        "Client": (
            f"select _id, {shown} from {STORE}.bo_Client where _state <> 'REMOVED'",
            f"select system_id, {seen} from {schema}.Client",
        ),
        "Claim": (
            f"select _id, Title from {STORE}.bo_Claim where _state <> 'REMOVED'",
            f"select system_id, Title from {schema}.Claim",
        ),
        "_Claim_Client_": (
            f"select l._owner, l._target from {STORE}.link_Claim_Client l "
            f"join {STORE}.bo_Claim k on k._id = l._owner and k._state <> 'REMOVED' "
            f"join {STORE}.bo_Client c on c._id = l._target and c._state <> 'REMOVED'",
            f"select Claim_id, Client_id from {schema}._Claim_Client_",
        ),
    }
    found = {}
    for table, pair in queries.items():
        golden, there = (Counter(tuple(row.values()) for row in site.look(query)) for query in pair)
        if rows := ((golden - there) + (there - golden)).total():
            found[table] = rows
    return found

"""A delivery and a batch done to a store, and what it has then."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from etl.database import transaction
from etl.engine import Runtime, pin, run_once, undo, unpin
from etl.errors import ConfigurationError, TransientFault
from etl.merge.links import lock_links
from etl.metadata import names
from etl.store import FencingToken, UnitKind, undo_run
from etl.store import Unit as StoreUnit
from tests.fix_company import OUT, STORE, Row, Site
from tests.integration.merge.sources import Records
from tests.integration.merge.staged import RECORDS, Staged
from tests.properties.expected import RECEIPT_COUNTS
from tests.properties.model import LinkRow
from tests.properties.model.records import RecordLink
from tests.properties.orders import Account
from tests.properties.two_sources import BY_NAME, FIELDS, LINKS, NOW, Batch, Delivery, PinOf


@dataclass
class SiteUnderTest:
    """A site with both sources. `origins`: unit -> (source, kind, what its changes may name as their origin)."""

    site: Site
    runtime: Runtime
    accepted: dict[str, list[bool]] = field(default_factory=dict)
    origins: dict[int, tuple[str, str, set[tuple[str, str]]]] = field(default_factory=dict)
    waited: set[tuple[str, str]] = field(default_factory=set)
    has_full_set: bool = False

    def deliver(self, given: Delivery) -> None:
        for bo, rows in given.rows.items():
            self.site.partner.redeliver(names.in_table(bo), *rows)
        for name, links in given.links.items():
            rows = [
                {"claim_id": one.owner, f"{name}_id": one.target, "inserted_date": _real(one), "removed": one.removed}
                for one in links
            ]
            self.site.partner.redeliver(f"in_Claim_{name}", *rows)
            self.waited |= {("link", json.dumps([one.owner, one.target])) for one in links}
        for bo in given.full:
            self.site.partner(
                "insert into process_expected (in_table, full_set) values (%s, true)", [names.in_table(bo)]
            )
        self.has_full_set = bool(given.full)
        self.site.partner.hand_over()

    def run(self) -> int:
        number = run_once(self.runtime).run
        assert number
        ids = {
            (bo, str(row["id"])) for bo in FIELDS for row in self.site.partner(f"select id from {names.in_table(bo)}")
        }
        if self.has_full_set:  # the rows that it has added are gone
            removed = f"select bo, origin from {STORE}.journal where run = {number} and change = 'removed'"
            ids |= {(row["bo"], row["origin"]) for row in self.site.look(removed)}
        self.origins[number] = (self.site.value("select source from in_tables.run_fence"), "run", ids)
        return number

    def account(self, run: int) -> Account:
        """What the partner reads of the run."""
        receipts = {
            row["in_table"]: {name: row[name] for name in RECEIPT_COUNTS}
            for row in self.site.look("select * from in_tables.migration_receipt where run = %s", [run])
        }
        errors = self.site.look("select * from in_tables.err where run = %s", [run])
        names_of = ("in_table", "in_id", "column_name", "code", "value", "severity")
        return Account(receipts, Counter(tuple(row[name] for name in names_of) for row in errors))

    def merge(self, one: Batch) -> int:
        """A batch, again when it meets the run; returns its number."""
        with transaction(self.runtime.store_engine) as connection:
            number = self.runtime.store.next_number(connection)
        token = FencingToken(RECORDS.name, number, 1)
        with transaction(self.runtime.store_engine) as connection:
            self.runtime.store_fence.raise_to(connection, token)
        while True:
            try:
                self._merge(one, token)
            except TransientFault:
                continue
            return number

    def _merge(self, one: Batch, token: FencingToken) -> None:
        staged, fence = Staged(self.site), self.runtime.store_fence
        origins: set[tuple[str, str]] = set()
        with Records(self.site, self.runtime).unit() as unit:
            fence.hold(unit.connection, token)
            unit.context = replace(unit.context, run=token.unit)
            batch = StoreUnit(token.unit, RECORDS.name, UnitKind.BATCH, unit.context.started_at)
            batch.begin(unit.connection, STORE)
            for bo, records in one.records.items():
                rows = [
                    {"in_id": record.in_id, "state": record.state, "origin": f"record {n}", **record.given}
                    for n, record in enumerate(records)
                ]
                origins |= {(bo, row["origin"]) for row in rows}
                merged = staged.merge_in(self.runtime, unit.connection, rows, bo, token.unit) if rows else None
                results = merged.results if merged else {}
                self.accepted[bo] = [results[n].in_status == "DONE" for n in sorted(results)]
            tables = [link for link in self.runtime.company.link_tables() if link.field.code in one.links]
            lock_links(unit.connection, tables, unit.context)
            for name in LINKS:
                if name in one.links:
                    links = [_staged(link, f"{name} {n}") for n, link in enumerate(one.links[name])]
                    origins |= {("link", row["_origin"]) for row in links}
                    unit.links(name, *links)
            batch.finish(unit.connection, STORE, {})
        self.waited |= {one for one in origins if one[0] == "link"}
        self.origins[token.unit] = (RECORDS.name, "batch", origins)

    def undo(self, unit: int) -> int:
        """Reverts a run or a batch; returns the number of the undo."""
        source = self.origins[unit][0]
        if source != RECORDS.name:
            number = undo(self.runtime, unit).as_run
        else:
            with transaction(self.runtime.store_engine) as connection:
                self.runtime.store_fence.shut_out(connection)
                number, now = self.runtime.store.next_number(connection), datetime.now(UTC)
                counters = undo_run(connection, self.runtime.company, STORE, run=unit, as_run=number, at=now)
                StoreUnit(number, source, UnitKind.UNDO, now).finish(connection, STORE, counters)
        self.origins[number] = (source, "undo", set())
        return number

    def pin(self, chosen: PinOf) -> int:
        """The number of the pin's unit, 0 where it was refused."""
        value = None if chosen.value is None else str(chosen.value)
        until = chosen.until_changed
        try:
            done = pin(
                self.runtime, chosen.bo, chosen.in_id, chosen.field, value, reason="so", by="test", until_changed=until
            )
        except ConfigurationError:
            return 0
        self.origins[done.pin.unit] = ("pin", "pin", {(chosen.bo, "test")})
        return done.pin.unit

    def unpin(self, chosen: PinOf) -> int:
        """The number of its unit, 0 where nothing was pinned."""
        try:
            unit = unpin(self.runtime, chosen.bo, chosen.in_id, chosen.field).unit
        except ConfigurationError:
            return 0
        self.origins[unit] = ("pin", "pin", set())
        return unit

    def pinned(self) -> set[tuple[str, str]]:
        """Instances and columns."""
        return {(row["instance"], row["field"]) for row in self.site.look(f"select * from {STORE}.pin")}

    def instances(self) -> dict[tuple[str, str], Row]:
        """(object, id) -> state and fields, by the names of their columns."""
        return {
            (bo, row.pop("_id")): row
            for bo, codes in FIELDS.items()
            for row in self.site.look(f"select _id, _state, {', '.join(codes)} from {STORE}.bo_{bo}")
        }

    def changes(self) -> dict[tuple[str, str], list[Row]]:
        """(object, id) -> what the journal has of it, in its order."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.site.look(
            f"select * from {STORE}.journal where field is null and change <> 'touched' order by n"
        ):
            found.setdefault((row["bo"], row["instance"]), []).append(row)
        return found

    def facts(self) -> dict[str, Any]:
        """The same subjects as those of the model."""
        found: dict[str, Any] = {}
        ids: dict[str, str] = {}
        for bo, codes in FIELDS.items():
            rows = self.site.look(f"select * from {STORE}.bo_{bo}")
            ids |= {row["_id"]: row["_in_id"] for row in rows}
            found[bo] = sorted(
                ((r["_in_id"], r["_state"], [r[code.lower()] for code in codes]) for r in rows),
                key=lambda one: one[:2],
            )
            rows = self.site.partner(f"select in_id, in_status from {names.in_table(bo)}")
            found[f"{bo} rows"] = sorted(tuple(row.values()) for row in rows)
            found[f"{bo} records"] = self.accepted.get(bo, [])
        found["pins"] = sorted(
            (ids[row["instance"]], row["field"], row["until_changed"])
            for row in self.site.look(f"select * from {STORE}.pin")
        )
        rows = self.site.look(f"select instance, field, source, source_time from {STORE}.field_owner")
        found["owners"] = sorted(
            (ids[row["instance"]], row["field"], row["source"].partition(" ")[0], str(row["source_time"]))
            for row in rows
        )
        of_full_sets = self.site.look(f"select bo, in_id from {STORE}.full_set_id")
        found["ids of full sets"] = sorted((row["bo"], row["in_id"]) for row in of_full_sets)
        aliases = self.site.look(f"select * from {STORE}.alias")
        found["alias"] = sorted((row["bo"], row["in_id"], ids[row["instance"]]) for row in aliases)
        for name in LINKS:
            rows = self.site.look(f"select _owner, _target from {STORE}.link_Claim_{name}")
            found[name] = sorted((ids[row["_owner"]], ids[row["_target"]]) for row in rows)
            rows = self.site.partner(f"select claim_id, {name}_id, in_status from in_Claim_{name}")
            found[f"{name} rows"] = sorted(tuple(row.values()) for row in rows)
        called = {("Claim", row[1]): row[2] for row in found["alias"] if row[0] == "Claim"}
        known = {row[1]: row[2] for row in found["alias"] if row[0] == "Thing"}
        by_name = {one[2][0]: one[0] for one in found["Thing"] if one[1] != "REMOVED" and one[2][0]}
        waits = set()
        for row in self.site.look(f"select * from {STORE}.boi_reference"):
            owner = ids[row["owner"]] if row["owner"] else called.get(("Claim", row["owner_in_id"]), row["owner_in_id"])
            value = row["target_value"]
            target = by_name.get(value, f"{BY_NAME}{value}") if row["target_field"] else known.get(value, value)
            waits.add((row["field"], owner, target))
        found["waiting"] = sorted(waits)
        return found

    def wrong_in_out(self) -> list[str]:
        """What the out_ version shows otherwise than the store."""
        wrong = []
        live: set[str] = set()
        for bo, codes in FIELDS.items():
            columns = ", ".join(codes)
            kept = self.site.look(f"select _id, {columns} from {STORE}.bo_{bo} where _state = 'ACTUAL'")
            shown = self.site.look(
                f"select system_id, {columns} from {OUT}.{names.out_table(bo)}", at=self.site.out_database
            )
            live |= {row["_id"] for row in kept}
            if sorted(map(_row, kept)) != sorted(map(_row, shown)):
                wrong.append(bo)
        for name in LINKS:
            rows = self.site.look(f"select _owner, _target from {STORE}.link_Claim_{name}")
            kept_links = {(row["_owner"], row["_target"]) for row in rows if {row["_owner"], row["_target"]} <= live}
            table = names.out_link_table("Claim", name)
            shown = self.site.look(f"select claim_id, {name}_id from {OUT}.{table}", at=self.site.out_database)
            if kept_links != {tuple(row.values()) for row in shown} or len(shown) != len(kept_links):
                wrong.append(name)
        return wrong

    def wrong_origins(self) -> Iterator[Row]:
        """Changes whose unit or origin is not right."""
        ids = {
            row["_id"]: row["_in_id"]
            for bo in FIELDS
            for row in self.site.look(f"select _id, _in_id from {STORE}.bo_{bo}")
        }
        for row in self.site.look(
            f"select j.run, j.bo, j.field, j.change, j.origin, u.source, u.kind from {STORE}.journal j "
            f"left join {STORE}.unit u on u.number = j.run order by j.n"
        ):
            source, kind, origins = self.origins.get(row["run"], ("", "", set()))
            if kind == "undo":
                is_right = row["origin"] is None
            elif row["field"] is None:
                is_right = (row["bo"], row["origin"]) in origins
            elif row["origin"] is None:
                is_right = row["change"] == "unlinked" and row["field"] == "Team"
            else:
                is_right = ("link", _by_in_id(row["origin"], ids)) in origins | self.waited
            if not is_right or (row["source"], row["kind"]) != (source, kind):
                yield row


def _real(link: LinkRow) -> datetime:
    return link.inserted if link.inserted < NOW else datetime.now(UTC)


def _row(row: Row) -> str:
    return repr(list(row.values()))


def _by_in_id(origin: str, ids: dict[str, str]) -> str:
    if not origin.startswith("["):
        return origin
    owner, target = json.loads(origin)
    return json.dumps([ids.get(owner, owner), target])


def _staged(link: RecordLink, origin: str) -> Row:
    is_named = link.target.startswith(BY_NAME)
    given = {"owner_in_id": link.owner, "target_value": link.target.removeprefix(BY_NAME), "removed": link.removed}
    return given | {"target_field": "name" if is_named else None, "_origin": origin}

"""What a partner does, to both worlds at once: first by SQL, then to the model."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from etl.quoting import identifier
from tests.properties import generators
from tests.properties.choices import Choices, removals
from tests.properties.model import File, LinkRow, Row, World, hand_over_by_clearing, hand_over_by_row
from tests.properties.model.delivered import CLAIMED, READY
from tests.properties.real_company import RealCompany

ACTS = (
    *("deliver_rows", "deliver_rows", "deliver_rows", "change_row", "change_row", "delete_row", "empty_table"),
    *("deliver_links", "deliver_links", "repeat_link", "redate_link", "delete_link", "deliver_file"),
    "let_time_pass",
)
_HAND_OVERS = ("clear", "clear", "clear", "row", "row", "none")

Act = Callable[[], None]

_seldom = st.sampled_from([False, False, True])
# Mostly the word for ready; or it stays as it is, or becomes what a partner had better not write.
_statuses = st.sampled_from([READY] * 5 + [None, None, "later", CLAIMED])


def _nothing() -> None:
    """There is nothing to act on."""


class Partner:
    """Draws what to do, and returns the act: what is drawn must not depend on how far a run is when it happens. An act
    that a lock holds up raises psycopg's LockNotAvailable and has changed only what both worlds show."""

    def __init__(self, world: World, real: RealCompany) -> None:
        self.world, self.real, self.sql, self.choose = world, real, real.partner, Choices(world, real)

    def begin(self, data: st.DataObject) -> None:
        """Something lies in most tables."""
        for table in self.world.rows:
            for _ in range(data.draw(st.integers(0, 4))):
                self._insert_row(table, self.choose.new_row(data, table))
        for table in self.world.links_in:
            self._delivery(data, table)()

    def hand_over(self, data: st.DataObject) -> None:
        """By clearing the marker table, by a row of its own, or not at all."""
        way = data.draw(st.sampled_from(_HAND_OVERS))
        if way == "clear":
            self.sql("delete from process_tracking")
            hand_over_by_clearing(self.world)
        elif way == "row":
            insert = "insert into process_tracking (oper_date, load_status) values (current_date, 0) returning id"
            [row] = self.sql(insert)
            self.sql("update process_tracking set load_status = 1 where id = %s", row["id"])
            hand_over_by_row(self.world)

    def say_full_sets(self, data: st.DataObject) -> None:
        """Hands over tables that are full sets."""
        tables = data.draw(st.lists(st.sampled_from(list(self.world.rows)), min_size=1, unique=True))
        for table in tables:
            self.sql("insert into process_expected (in_table, full_set) values (%s, true)", table)
        self.world.full_sets += tables
        self.sql("delete from process_tracking")
        hand_over_by_clearing(self.world)

    def deliver_rows(self, data: st.DataObject) -> Act:
        """Adds rows to a table, or fills it again."""
        table, again = data.draw(st.sampled_from(list(self.world.rows))), data.draw(st.booleans())
        rows: list[Row] = []
        for _ in range(data.draw(st.integers(1, 5))):
            beside = rows if again else self.world.rows[table] + rows
            rows.append(self.choose.new_row(data, table, beside))

        def act() -> None:
            if again:
                self.sql(f"delete from {table}")
                self.world.rows[table].clear()
            for row in rows:
                self._insert_row(table, row)

        return act

    def _insert_row(self, table: str, row: Row) -> None:
        columns = {"in_id": row.in_id, "out_id": row.out_id, "removed": row.removed, **row.values}
        written, places = ", ".join(map(identifier, columns)), ", ".join(["%s"] * len(columns))
        [made] = self.sql(f"insert into {table} ({written}) values ({places}) returning id", *columns.values())
        row.id = made["id"]
        self.world.rows[table].append(row)

    def change_row(self, data: st.DataObject) -> Act:
        """Rewrites a row; mostly to have it taken once more, seldom with its ids."""
        if not any(self.world.rows.values()):
            return _nothing
        table, row = self.choose.row(data, self.world.rows)
        values = self.choose.values(data, self.world.object_of(table))
        kept = data.draw(st.sets(st.sampled_from(list(values)))) if values else set()
        changed: dict[str, Any] = {code: value for code, value in values.items() if code not in kept}
        ids: dict[str, Any] = {}
        if data.draw(_seldom):
            others = [one for one in self.world.rows[table] if one is not row]
            ids["in_id"], ids["out_id"] = self.choose.ids(data, table, others)
        removed, drawn = data.draw(removals), data.draw(_statuses)

        def act() -> None:
            status = self._status(drawn, row)
            columns = ids | {"removed": removed, **changed} | ({"in_status": status} if status != row.status else {})
            changes = ", ".join(f"{identifier(column)} = %s" for column in columns)
            self.sql(f"update {table} set {changes} where id = %s", *columns.values(), row.id)
            row.in_id, row.out_id = ids.get("in_id", row.in_id), ids.get("out_id", row.out_id)
            row.removed, row.status = removed, status
            row.values |= changed

        return act

    def delete_row(self, data: st.DataObject) -> Act:
        if not any(self.world.rows.values()):
            return _nothing
        table, row = self.choose.row(data, self.world.rows)

        def act() -> None:
            self.sql(f"delete from {table} where id = %s", row.id)
            self.world.rows[table].remove(row)

        return act

    def empty_table(self, data: st.DataObject) -> Act:
        if not data.draw(_seldom):
            return _nothing
        tables: dict[str, list[Any]] = {**self.world.rows, **self.world.links_in}
        table = data.draw(st.sampled_from(list(tables)))

        def act() -> None:
            self.sql(f"truncate {table}")
            tables[table].clear()

        return act

    def let_time_pass(self, data: st.DataObject) -> Act:
        """Not the partner's doing: what waits has waited too long."""

        def act() -> None:
            self.real.let_time_pass()
            self.world.let_time_pass()

        return act

    def deliver_links(self, data: st.DataObject) -> Act:
        if not self.world.links_in:
            return _nothing
        return self._delivery(data, data.draw(st.sampled_from(list(self.world.links_in))))

    def _delivery(self, data: st.DataObject, table: str) -> Act:
        """Inserts link rows; those that are there already are handed over again."""
        link = self.world.link_of(table)
        owner_column, target_column = identifier(link.owner_column), identifier(link.target_column)
        insert = (
            f"insert into {table} ({owner_column}, {target_column}, inserted_date, removed) values (%s, %s, %s, %s) "
            f"on conflict ({owner_column}, {target_column}) "
            "do update set in_status = '', inserted_date = excluded.inserted_date, removed = excluded.removed"
        )
        owners, targets = self.choose.ends(link.bo), self.choose.ends(link.member)
        number = data.draw(st.integers(1, 5))
        rows = [
            LinkRow(data.draw(owners), data.draw(targets), self.choose.moment(data), data.draw(removals))
            for _ in range(number)
        ]

        def act() -> None:
            there = self.world.links_in[table]
            for row in rows:
                self.sql(insert, row.owner, row.target, row.inserted, row.removed)
                there[:] = [one for one in there if (one.owner, one.target) != (row.owner, row.target)] + [row]

        return act

    def repeat_link(self, data: st.DataObject) -> Act:
        if not any(self.world.links_in.values()):
            return _nothing
        table, row = self.choose.row(data, self.world.links_in)
        drawn, removed = data.draw(_statuses), data.draw(removals)

        def act() -> None:
            status = self._status(drawn, row)
            changed = f"update {table} set in_status = %s, removed = %s {self._where(table)}"
            self.sql(changed, status, removed, row.owner, row.target)
            row.status, row.removed = status, removed

        return act

    def redate_link(self, data: st.DataObject) -> Act:
        """A row that is claimed stays so, and counts as it stands when it is taken."""
        if not any(self.world.links_in.values()):
            return _nothing
        table, row = self.choose.row(data, self.world.links_in)
        at = self.choose.moment(data)

        def act() -> None:
            self.sql(f"update {table} set inserted_date = %s {self._where(table)}", at, row.owner, row.target)
            row.inserted = at

        return act

    def delete_link(self, data: st.DataObject) -> Act:
        if not any(self.world.links_in.values()):
            return _nothing
        table, row = self.choose.row(data, self.world.links_in)

        def act() -> None:
            self.sql(f"delete from {table} {self._where(table)}", row.owner, row.target)
            self.world.links_in[table].remove(row)

        return act

    def _where(self, table: str) -> str:
        link = self.world.link_of(table)
        return f"where {identifier(link.owner_column)} = %s and {identifier(link.target_column)} = %s"

    def deliver_file(self, data: st.DataObject) -> Act:
        file_id, content = (
            data.draw(st.sampled_from(generators.FILE_IDS)),
            data.draw(st.sampled_from(generators.CONTENTS)),
        )

        def act() -> None:
            self.sql(
                "insert into in_fileStorage (file_id, content) values (%s, %s) on conflict (file_id) "
                "do update set content = excluded.content, uploaded = false, out_file_id = null",
                file_id,
                content,
            )
            self.world.files[file_id] = File(content)

        return act

    def _status(self, drawn: str | None, row: Row | LinkRow) -> str:
        """What the partner makes of a row's status: None leaves it; so does what may not be written during a run."""
        return row.status if drawn is None or (drawn == CLAIMED and self.world.run) else drawn

"""What a partner does, to both worlds at once: first by SQL, then to the model."""

from typing import Any

from hypothesis import strategies as st

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.quoting import identifier
from tests.properties import drawing
from tests.properties.model import File, LinkRow, Row, World, hand_over_by_clearing, hand_over_by_row
from tests.properties.real import Real

ACTS = (
    *("deliver_rows", "deliver_rows", "deliver_rows", "change_row", "change_row", "delete_row", "empty_table"),
    *("deliver_links", "deliver_links", "repeat_link", "redate_link", "delete_link", "deliver_file"),
    "let_time_pass",
)
_HAND_OVERS = ("clear", "clear", "clear", "row", "row", "none")
_removed = st.sampled_from([False, False, False, None, True])
_seldom = st.sampled_from([False, False, True])


class Partner:
    """Every act draws what it needs. One that finds nothing to act on does nothing; one that a lock holds up raises
    psycopg's LockNotAvailable and has changed only what both worlds show."""

    def __init__(self, world: World, real: Real) -> None:
        self.world, self.real, self.sql = world, real, real.partner

    def begin(self, data: st.DataObject) -> None:
        """Something lies in most tables."""
        for table in self.world.rows:
            for _ in range(data.draw(st.integers(0, 4))):
                self._insert_row(data, table)
        for table in self.world.links_in:
            self._deliver_links(data, table)

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

    def deliver_rows(self, data: st.DataObject) -> None:
        """Adds rows to a table, or fills it anew."""
        table = data.draw(st.sampled_from(list(self.world.rows)))
        if data.draw(st.booleans()):
            self.sql(f"delete from {table}")
            self.world.rows[table].clear()
        for _ in range(data.draw(st.integers(1, 5))):
            self._insert_row(data, table)

    def _insert_row(self, data: st.DataObject, table: str) -> None:
        values = self._draw_values(data, self.world.object_of(table))
        row = Row(0, *self._draw_ids(data, table), data.draw(_removed), values)
        columns = {"in_id": row.in_id, "out_id": row.out_id, "removed": row.removed, **row.values}
        written, places = ", ".join(map(identifier, columns)), ", ".join(["%s"] * len(columns))
        [made] = self.sql(f"insert into {table} ({written}) values ({places}) returning id", *columns.values())
        row.id = made["id"]
        self.world.rows[table].append(row)

    def change_row(self, data: st.DataObject) -> None:
        """Rewrites a row; mostly to have it taken once more, seldom with its ids."""
        if not any(self.world.rows.values()):
            return
        table, row = self._draw_row(data, self.world.rows)
        values = self._draw_values(data, self.world.object_of(table))
        kept = data.draw(st.sets(st.sampled_from(list(values)))) if values else set()
        changed: dict[str, Any] = {code: value for code, value in values.items() if code not in kept}
        ids: dict[str, Any] = {}
        if data.draw(_seldom):
            ids["in_id"], ids["out_id"] = self._draw_ids(data, table, row)
        removed, status = data.draw(_removed), self._draw_status(data, row.status)
        columns = ids | {"removed": removed, **changed} | ({"in_status": status} if status != row.status else {})
        changes = ", ".join(f"{identifier(column)} = %s" for column in columns)
        self.sql(f"update {table} set {changes} where id = %s", *columns.values(), row.id)
        row.in_id, row.out_id = ids.get("in_id", row.in_id), ids.get("out_id", row.out_id)
        row.removed, row.status = removed, status
        row.values |= changed

    def delete_row(self, data: st.DataObject) -> None:
        if any(self.world.rows.values()):
            table, row = self._draw_row(data, self.world.rows)
            self.sql(f"delete from {table} where id = %s", row.id)
            self.world.rows[table].remove(row)

    def empty_table(self, data: st.DataObject) -> None:
        if data.draw(_seldom):
            tables: dict[str, list[Any]] = {**self.world.rows, **self.world.links_in}
            table = data.draw(st.sampled_from(list(tables)))
            self.sql(f"truncate {table}")
            tables[table].clear()

    def let_time_pass(self, data: st.DataObject) -> None:
        """Not the partner's doing: what waits has waited too long."""
        self.real.let_time_pass()
        self.world.let_time_pass()

    def deliver_links(self, data: st.DataObject) -> None:
        if self.world.links_in:
            self._deliver_links(data, data.draw(st.sampled_from(list(self.world.links_in))))

    def _deliver_links(self, data: st.DataObject, table: str) -> None:
        """Inserts link rows; those that are there already are handed over again."""
        link = self.world.link_of(table)
        owner_column, target_column = identifier(link.owner_column), identifier(link.target_column)
        insert = (
            f"insert into {table} ({owner_column}, {target_column}, inserted_date) values (%s, %s, %s) "
            f"on conflict ({owner_column}, {target_column}) "
            "do update set in_status = '', inserted_date = excluded.inserted_date"
        )
        for _ in range(data.draw(st.integers(1, 5))):
            owner, target = (data.draw(self._ends(bo)) for bo in (link.bo, link.member))
            row = LinkRow(owner, target, self._draw_moment(data))
            self.sql(insert, row.owner, row.target, row.inserted)
            rows = self.world.links_in[table]
            rows[:] = [one for one in rows if (one.owner, one.target) != (owner, target)] + [row]

    def repeat_link(self, data: st.DataObject) -> None:
        if any(self.world.links_in.values()):
            table, row = self._draw_row(data, self.world.links_in)
            status = self._draw_status(data, row.status)
            self.sql(f"update {table} set in_status = %s {self._where(table)}", status, row.owner, row.target)
            row.status = status

    def redate_link(self, data: st.DataObject) -> None:
        """A row that is claimed stays so, and counts as it stands when it is taken."""
        if any(self.world.links_in.values()):
            table, row = self._draw_row(data, self.world.links_in)
            at = self._draw_moment(data)
            self.sql(f"update {table} set inserted_date = %s {self._where(table)}", at, row.owner, row.target)
            row.inserted = at

    def delete_link(self, data: st.DataObject) -> None:
        if any(self.world.links_in.values()):
            table, row = self._draw_row(data, self.world.links_in)
            self.sql(f"delete from {table} {self._where(table)}", row.owner, row.target)
            self.world.links_in[table].remove(row)

    def _where(self, table: str) -> str:
        link = self.world.link_of(table)
        return f"where {identifier(link.owner_column)} = %s and {identifier(link.target_column)} = %s"

    def deliver_file(self, data: st.DataObject) -> None:
        file_id, content = data.draw(st.sampled_from(drawing.FILE_IDS)), data.draw(st.sampled_from(drawing.CONTENTS))
        self.sql(
            "insert into in_fileStorage (file_id, content) values (%s, %s) on conflict (file_id) "
            "do update set content = excluded.content, uploaded = false, out_file_id = null",
            file_id,
            content,
        )
        self.world.files[file_id] = File(content)

    def _draw_row(self, data: st.DataObject, tables: dict[str, list[Any]]) -> tuple[str, Any]:
        table = data.draw(st.sampled_from([name for name, rows in tables.items() if rows]))
        return table, data.draw(st.sampled_from(tables[table]))

    def _draw_status(self, data: st.DataObject, status: str) -> str:
        """Mostly the word for ready; or it stays as it is, or becomes what a partner had better not write."""
        careless = ["later"] if self.world.run else ["later", "ON_WORK"]
        return data.draw(st.sampled_from(["", "", "", "", "", status, status, *careless]))

    def _draw_ids(self, data: st.DataObject, table: str, row: Row | None = None) -> tuple[str | None, str | None]:
        """in_id and out_id: mostly the first alone, and never one that another row of the table has."""
        taken = {other.in_id for other in self.world.rows[table] if other is not row}
        free = [in_id for in_id in (*drawing.IN_IDS * 6, "") if in_id not in taken]
        known = self._known_ids(self.world.object_of(table))
        return (
            data.draw(st.sampled_from([*free, None])),
            data.draw(st.sampled_from([None] * 12 + known * 2 + ["", "wrong"])),
        )

    def _draw_values(self, data: st.DataObject, bo: BusinessObject) -> dict[str, Any]:
        return {
            field.code: data.draw(
                drawing.values(
                    field, self._known_ids(self.world.company.object(field.dictionary)) if field.dictionary else []
                )
            )
            for field in bo.loaded_fields
        }

    def _known_ids(self, bo: BusinessObject) -> list[str]:
        """Names of the instances whose real ids the partner has seen."""
        return [one for one in self.world.instances[bo.code] if one in self.real.ids.real]

    def _ends(self, bo: BusinessObject) -> st.SearchStrategy[str]:
        """in_ids that lead to an instance, will perhaps in the next run, or never."""
        known = {one.in_id for one in self.world.instances[bo.code].values()}
        known |= {in_id for owner, in_id in self.world.aliases if owner == bo.code}
        known |= {row.in_id for row in self.world.rows.get(names.in_table(bo.code), []) if row.in_id}
        return st.sampled_from([*sorted(known) * 3, *drawing.STRANGER_IDS])

    def _draw_moment(self, data: st.DataObject) -> Any:
        return drawing.moment(data.draw(st.integers(0, 9)), self.world.number())

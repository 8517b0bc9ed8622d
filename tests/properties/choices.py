"""What a partner may choose, as his tables and the store stand."""

from typing import Any

from hypothesis import strategies as st

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from tests.properties import generators
from tests.properties.model import Row, World
from tests.properties.real_company import RealCompany

removals = st.sampled_from([False, False, False, None, True])


class Choices:
    """Draws rows and values that have to do with each other."""

    def __init__(self, world: World, real: RealCompany) -> None:
        self.world, self.real = world, real

    def new_row(self, data: st.DataObject, table: str, beside: list[Row] | None = None) -> Row:
        """For `table`, `beside` other rows (without it: those that are there)."""
        values = self.values(data, self.world.object_of(table))
        ids = self.ids(data, table, self.world.rows[table] if beside is None else beside)
        return Row(0, *ids, data.draw(removals), values)

    def row(self, data: st.DataObject, tables: dict[str, list[Any]]) -> tuple[str, Any]:
        """A table that has rows, and one of them."""
        table = data.draw(st.sampled_from([name for name, rows in tables.items() if rows]))
        return table, data.draw(st.sampled_from(tables[table]))

    def ids(self, data: st.DataObject, table: str, others: list[Row]) -> tuple[str | None, str | None]:
        """in_id and out_id: mostly the first alone, and never one that another row of the table has."""
        taken = {other.in_id for other in others}
        free = [in_id for in_id in (*generators.IN_IDS * 6, "") if in_id not in taken]
        known = self._known_ids(self.world.object_of(table))
        return (
            data.draw(st.sampled_from([*free, None])),
            data.draw(st.sampled_from([None] * 12 + known * 2 + ["", "wrong"])),
        )

    def values(self, data: st.DataObject, bo: BusinessObject) -> dict[str, Any]:
        """Field code -> value."""
        return {
            field.code: data.draw(
                generators.values(
                    field, self._known_ids(self.world.company.object(field.dictionary)) if field.dictionary else []
                )
            )
            for field in bo.loaded_fields
        }

    def _known_ids(self, bo: BusinessObject) -> list[str]:
        """Names of the instances whose real ids the partner has seen."""
        return [one for one in self.world.instances[bo.code] if one in self.real.ids.real]

    def ends(self, bo: BusinessObject) -> st.SearchStrategy[str]:
        """in_ids that lead to an instance, will perhaps in the next run, or never."""
        known = {one.in_id for one in self.world.instances[bo.code].values()}
        known |= {in_id for owner, in_id in self.world.aliases if owner == bo.code}
        known |= {row.in_id for row in self.world.rows.get(names.in_table(bo.code), []) if row.in_id}
        return st.sampled_from([*sorted(known) * 3, *generators.STRANGER_IDS])

    def moment(self, data: st.DataObject) -> Any:
        """Of few, and never the same twice."""
        return generators.moment(data.draw(st.integers(0, 9)), self.world.number())

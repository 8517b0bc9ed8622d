"""Plans what to do with each view so that it shows another version; no I/O.

A view is replaced where that is possible: it keeps its identity, its grants and the views that depend on it. PostgreSQL
allows that while columns are only added at the end, so a view keeps its order of columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from etl.quoting import identifier

Columns = Mapping[str, str]


class ViewAction(StrEnum):
    """What is done to a view. REBUILD drops and makes it; EMPTY leaves it without rows."""

    CREATE = "create"
    REPLACE = "replace"
    REBUILD = "rebuild"
    DROP = "drop"
    EMPTY = "empty"


@dataclass(frozen=True)
class ViewMove:
    """One view: the act, and an SQL expression per column."""

    view: str
    act: ViewAction
    expressions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why a view cannot be moved without --force, or at all (`is_final`)."""

    reason: str
    is_final: bool = False


@dataclass(frozen=True)
class ViewLoss:
    """What readers of a view lose when it shows another version: all of it, where that has no such table; `columns`
    that it has not; `types`: column -> its type before and after. `dependents`: what of others stands on the view."""

    view: str
    is_gone: bool
    columns: tuple[str, ...]
    types: Mapping[str, tuple[str, str]]
    dependents: tuple[str, ...]

    @property
    def is_final(self) -> bool:
        """Whether the view cannot be moved, not even by force."""
        return bool(self.types and self.dependents)


def view_losses(
    tables: Mapping[str, Columns], views: Mapping[str, Columns], dependents: Mapping[str, Sequence[str]]
) -> tuple[ViewLoss, ...]:
    """The views that show less, or other types, in the order of names; see `plan_moves`."""
    found = []
    for name, view in sorted(views.items()):
        table = tables.get(name)
        columns = tuple(one for one in view if table is not None and one not in table)
        kept = [one for one in view if table is not None and one in table and table[one] != view[one]]
        types = {one: (view[one], table[one]) for one in kept} if table is not None else {}
        if table is None or columns or types:
            found.append(ViewLoss(name, table is None, columns, types, tuple(dependents.get(name, ()))))
    return tuple(found)


def plan_moves(
    tables: Mapping[str, Columns], views: Mapping[str, Columns], dependents: Mapping[str, Sequence[str]], *, force: bool
) -> tuple[list[ViewMove], list[Refusal]]:
    """The moves in the order of names, and the reasons against them.

    `tables`: the version's, each with column -> type in order. `views`: the existing ones. `dependents`: view ->
    objects that depend on it.
    """
    moves: list[ViewMove] = []
    refusals: list[Refusal] = []
    for name in sorted({*tables, *views}):
        found = _plan(name, tables.get(name), views.get(name), dependents.get(name, ()), force=force)
        if isinstance(found, ViewMove):
            moves.append(found)
        else:
            refusals.append(found)
    return moves, refusals


def _plan(
    name: str, table: Columns | None, view: Columns | None, dependents: Sequence[str], *, force: bool
) -> ViewMove | Refusal:
    others = ", ".join(dependents)
    if table is None:
        old = view or {}
        if not dependents:
            return ViewMove(name, ViewAction.DROP)
        if force:
            return ViewMove(name, ViewAction.EMPTY, tuple(_nothing(column, old[column]) for column in old))
        return Refusal(f"{name} is not a table of that version, and {others} stands on its view")
    if view is None:
        return ViewMove(name, ViewAction.CREATE, tuple(identifier(column) for column in table))
    turned = [column for column in view if column in table and table[column] != view[column]]
    gone = [column for column in view if column not in table]
    if not turned and not gone:
        return ViewMove(name, ViewAction.REPLACE, tuple(_kept(table, view)))
    if not dependents:
        return ViewMove(name, ViewAction.REBUILD, tuple(identifier(column) for column in table))
    if turned:
        types = ", ".join(f"{name}.{column} from {view[column]} to {table[column]}" for column in turned)
        return Refusal(f"{types}: {others} stands on it and must be dropped first", is_final=True)
    if force:
        return ViewMove(name, ViewAction.REPLACE, tuple(_kept(table, view)))
    columns = ", ".join(f"{name}.{column}" for column in gone)
    return Refusal(f"{columns} is not a column of that version, and {others} stands on its view")


def _kept(table: Columns, view: Columns) -> Iterator[str]:
    """The view's columns in its order, then further columns of the table; columns that the table lacks are empty."""
    for column in view:
        yield identifier(column) if column in table else _nothing(column, view[column])
    for column in table:
        if column not in view:
            yield identifier(column)


def _nothing(column: str, sql_type: str) -> str:
    return f"cast(null as {sql_type}) as {identifier(column)}"

"""Resolves conflicts between staged rows by the state that the batch gives the store.

The order of rows never matters, only their values and the partner's ids (in_id):

1. Several rows that name one instance by its ids are merged as one: a row with values before one that removes, and of
   those the one with the highest in_id. The others get an information in err where the store does not get their values.
2. A row that no id matches to an instance is weak. It waits for the next pass when the instance that has its unique
   value is named by another row, or when that value is wanted by another row, of the weak ones one with a lower in_id:
   then the store shows whether it is merged into an instance, or a new one.
3. A row gets its unique value if no instance has it, or if the row of its holder gives it up: in chains and
   rings of any length. A row whose value another instance keeps is refused, and with it all rows that want the value
   it would have given up. Of several rows that want one value the one with the lowest in_id gets it.
4. An instance that the batch removes, or whose own row is rejected, is no merge target.
"""

from dataclasses import dataclass, replace

from etl.database import SERIALIZATION_FAILURE
from etl.errors import TransientFault
from etl.merge.rows.statements import Merge
from etl.runs import Counters, ResultName


@dataclass(frozen=True)
class Settled:
    """A stage in which each row's action is set. `exchanges`: unique values change hands, so the order of writing
    matters."""

    merge: Merge
    exchanges: bool = False

    def release_values(self) -> None:
        """Clears unique values that change hands; removed rows have been written before."""
        [missed] = self.merge.ask("release_values")
        self._refuse_missed(missed.rows)

    def write(self, counts: Counters, *actions: ResultName) -> None:
        """Writes the rows of these actions (changed, removed); `counts` are the stage's rows by action."""
        named = ", ".join(f"'{action}'" for action in actions)
        merge = replace(self.merge, variables=self.merge.variables | {"actions": named, "has_large": False})
        if merge.variables["long"] and "changed" in actions and merge.ask("any_large_image"):
            merge.run("journal_large")
            merge = replace(merge, variables=merge.variables | {"has_large": True})
        self._refuse_missed(sum(counts.get(action, 0) for action in actions) - merge.run("update_instances"))

    def forget(self) -> None:
        """Drops the claims on unique values; the next pass makes its own."""
        if self.exchanges:
            self.merge.run("drop_value_claims")

    def _refuse_missed(self, missed: int) -> None:
        """Raises TransientFault if another source has changed instances since they were staged: what was staged would
        undo that. The next try stages what is there then."""
        if missed:
            raise changed_meanwhile(self.merge, f"changed {missed}")


def changed_meanwhile(merge: Merge, what: str) -> TransientFault:
    """Another source has done `what` to instances of the table: the task or batch is repeated with the new state."""
    table = f"{merge.context.store_schema}.{merge.variables['golden']}"
    fault = TransientFault(f"another source has {what} instances of {table} meanwhile: try again")
    fault.sqlstate = SERIALIZATION_FAILURE
    return fault


class Settling:
    """Resolves the conflicts of a task, pass by pass."""

    def __init__(self, merge: Merge) -> None:
        self._merge = merge
        self._has_refused = False
        self._has_later = False

    def reconcile(self, exact: Merge, staged: int, *, is_last: bool) -> tuple[int, Settled]:
        """Resolves a stage of `staged` rows that was matched in all ways; returns how many are staged then.

        Rows that other sessions change meanwhile are locked and staged again. The last pass refuses what would have to
        wait.
        """
        may_meet = self._may_meet(exact)
        if may_meet and not exact.context.is_relayed and exact.ask("lock_rows")[0].rows < staged:
            exact.run("drop_stage")
            exact.ask("lock_chunk")
            staged = exact.run("stage_rows")
            may_meet = self._may_meet(exact)
        self._refuse_made_meanwhile(exact)
        exchanges = False
        if may_meet:
            exact.run("analyze_stage")
            if is_last:
                exact.run("refuse_later")
            else:
                self._defer_later(exact)
            exact.run("refuse_contradictions")
            if exact.run("stage_duplicates"):
                exact.run("apply_duplicates")
                exact.run("mark_duplicates")
            exact.run("drop_duplicates")
            exchanges = bool(exact.variables["unique"]) and self._settle_values(exact)
        self._keep_refused(exact)
        return staged, Settled(exact, exchanges)

    def end(self) -> None:
        """Drops the lists of refused and of deferred rows; the next task makes its own."""
        if self._has_refused:
            self._merge.run("drop_refused")
        if self._has_later:
            self._merge.run("drop_later")

    def _defer_later(self, exact: Merge) -> None:
        if not self._has_later:
            exact.run("create_later")
            self._has_later = True
        exact.run("defer_later")

    def _refuse_made_meanwhile(self, exact: Merge) -> None:
        """Raises TransientFault if a deferred row has got an instance by another source: it would contradict what the
        pass before did with the rows that it meets. The next try finds all of them as they are then."""
        if not self._has_later:
            return
        [made] = exact.ask("any_made_meanwhile")
        if made.rows:
            raise changed_meanwhile(exact, f"made {made.rows}")
        exact.run("forget_later")

    def _may_meet(self, exact: Merge) -> bool:
        if self._has_refused:
            exact.run("refuse_targets")
        return bool(exact.ask("any_meeting"))

    def _settle_values(self, exact: Merge) -> bool:
        """Refuses rows that cannot get their unique values; returns whether any row claims one."""
        if not exact.run("stage_value_claims"):
            exact.run("drop_value_claims")
            return False
        exact.run("index_value_claims")
        exact.run("analyze_value_claims")
        exact.run("refuse_taken")
        while exact.run("refuse_competing_claims"):
            exact.run("refuse_taken")
        exact.run("refuse_rows")
        return True

    def _keep_refused(self, exact: Merge) -> None:
        """Records refused rows; only weak rows of later passes read them."""
        if not exact.variables["unique"]:
            return
        if not self._has_refused:
            exact.run("create_refused")
            self._has_refused = True
        exact.run("keep_refused")

"""Statements that change a large table of the store beside runs: what `etl upgrade start` and `switch` are made of.

`journal_partitions`: the journal becomes a table of partitions. The new one is made beside it and filled; changes only
come, and each has the number of its transaction, so that the new table follows the old one as an out_ version does,
and after the switch the old one the new one. Who runs them: etl/operations/upgrade.
"""

from etl.store.online.change import JOURNAL_PARTITIONS, OnlineChange, OnlineStep, State

__all__ = ["JOURNAL_PARTITIONS", "OnlineChange", "OnlineStep", "State"]

"""The demo: generated people, companies and claims are imported twice, by the same code as real ones.

Receives the environment. Returns the results as values. Never touches the user's own configuration or database,
and never prints.
"""

from etl.demo.stage import Stage, open_stage
from etl.demo.steps import ErrRow, Load, Statement, loads
from etl.demo.tables import Shown, show_tables

__all__ = ["ErrRow", "Load", "Shown", "Stage", "Statement", "loads", "open_stage", "show_tables"]

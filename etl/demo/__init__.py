"""The demo: made-up people, companies and claims go the whole way, twice, through the same doors as real ones.

Receives the environment. Hands on what happened, as values. Never touches the user's own configuration or database,
and never prints.
"""

from etl.demo.stage import Stage, open_stage
from etl.demo.steps import Act, Fault, Statement, acts
from etl.demo.tables import Look, look

__all__ = ["Act", "Fault", "Look", "Stage", "Statement", "acts", "look", "open_stage"]

"""The demo: made-up people, companies and claims go the whole way, twice, through the same doors as real ones.

Receives the environment. Hands on what happened, as values. Never touches the user's own configuration or database,
and never prints.
"""

from etl.demo.acts import Act, Deed, Fault, acts
from etl.demo.look import Look, look
from etl.demo.stage import Stage, open_stage

__all__ = ["Act", "Deed", "Fault", "Look", "Stage", "acts", "look", "open_stage"]

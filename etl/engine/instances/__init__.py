"""Questions about one instance: what has become of it, and all that was changed in it.

Receives a runtime, an object and an id. Returns frozen values. Reads import, store and out_ tables, and writes nothing.
"""

from etl.engine.instances.explain import Explanation, explain, explain_rows
from etl.engine.instances.history import Change, End, History, ValueChange, history

__all__ = [
    "Change",
    "End",
    "Explanation",
    "History",
    "ValueChange",
    "explain",
    "explain_rows",
    "history",
]

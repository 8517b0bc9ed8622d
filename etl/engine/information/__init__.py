"""The vendor's information tables, as views on what the engine keeps anyway.

Receives a runtime and connections. Makes a schema with views where the role may, and says which schema that is. A run
never needs them.
"""

from etl.engine.information.views import ensure_information, information_schemas

__all__ = ["ensure_information", "information_schemas"]

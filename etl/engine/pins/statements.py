"""The statements of this package."""

from typing import Final

from etl.database import SqlTemplates

statement: Final = SqlTemplates(__package__)

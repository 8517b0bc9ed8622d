"""What a fork server imports, so that a fork of it is a warmed-up `etl`."""

import sys

import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

import etl.cli.run
import etl.cli.tables
import etl.config.directory
import etl.engine  # noqa: F401
from etl.database import Statements


def _compile_statements() -> None:
    for module in [module for name, module in sys.modules.items() if name.startswith("etl.")]:
        statements = getattr(module, "_sql", None)
        if isinstance(statements, Statements):
            for name in statements._environment.list_templates(extensions=["sql"]):
                statements._environment.get_template(name)


_compile_statements()

"""What a fork server imports, so that a fork of it is a warmed-up `etl`."""

import gc
import importlib
import sys

import jinja2
import pydantic.dataclasses  # noqa: F401

import etl.cli
import etl.config.directory
from etl.database import SqlTemplates


def _import_commands() -> None:
    for where, _ in etl.cli._COMMANDS.values():
        importlib.import_module(where.partition(":")[0])


def _compile_templates() -> None:
    statements = [
        found._environment
        for name, module in list(sys.modules.items())
        if name.startswith("etl.") and isinstance(found := getattr(module, "_sql", None), SqlTemplates)
    ]
    tables = importlib.import_module("etl.ddl.render")._environment()
    environments: list[jinja2.Environment] = [*statements, tables]
    for environment in environments:
        for name in environment.list_templates(extensions=["sql", "jinja", "j2"]):
            environment.get_template(name)


_import_commands()
_compile_templates()
# What is here stays: no fork walks over it, and so none copies its pages.
gc.collect()
gc.freeze()

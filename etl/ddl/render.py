"""Templates -> SQL, with names quoted by a filter; the result is checked."""

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from etl.database.compiled_templates import keep_compiled
from etl.database.list_filters import FILTERS
from etl.errors import ConfigurationError
from etl.quoting import identifier, literal
from etl.resources import folder

# A template's own marks; an empty quoted name; a dot, comma or bracket with nothing where a name must be.
_LEFT_OVER = re.compile(r'\{\{|\{%|\{#|""|\.(?![\w"])|(?<![\w"])\.|\(\s*,|,\s*[,)]')


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(folder("ddl_templates"))
    environment = Environment(
        loader=loader,
        undefined=StrictUndefined,
        auto_reload=False,
        autoescape=False,  # noqa: S701 - SQL, not HTML
    )
    keep_compiled(environment, "ddl")
    environment.filters.update(FILTERS, ident=identifier, literal=literal)
    return environment


def render(template: str, **values: object) -> str:
    """The statement of `ddl_templates/<template>.sql.j2`.

    Raises ConfigurationError when a part of the template is left or a name is empty.
    """
    sql = _environment().get_template(f"{template}.sql.j2").render(**values)
    found = _LEFT_OVER.search(sql)
    if found:
        line = sql[: found.start()].count("\n") + 1
        raise ConfigurationError(f"ddl_templates/{template}.sql.j2 leaves `{found[0]}` in line {line}: correct it")
    return sql

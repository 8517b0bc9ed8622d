"""Named statements: one file each in a package's `sql/`, rendered by Jinja with quoting as a filter."""

import re
from functools import lru_cache

import jinja2
import sqlalchemy

from etl.database.compiled_templates import keep_compiled
from etl.database.list_filters import FILTERS
from etl.quoting import identifier, literal, spreadsheet_text

_TAG = re.compile(r"\{\{|\{%|\{#|%\}|#\}")


class SqlTemplates:
    """The statements of one package: `sql = SqlTemplates(__package__)`, then `sql("take", schema=...)`.

    Names come into the text through the filter `ident`; values never do, they are bound (`:name`);
    `literal` is for our own texts in statements that other programs run.
    """

    def __init__(self, package: str, *lenders: str, folder: str = "sql") -> None:
        """`lenders` are lower packages whose macros (`sql/*.jinja`) the statements use, beside those of this one;
        `folder` has the statements of `package`."""
        self._environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader(
                [
                    jinja2.PackageLoader(package, folder),
                    *(jinja2.PackageLoader(name, "sql") for name in (*lenders, __package__)),
                ]
            ),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            autoescape=False,  # noqa: S701  (SQL, not HTML; `ident` quotes)
        )
        keep_compiled(self._environment, "sql")
        self._environment.filters.update(FILTERS, ident=identifier, literal=literal, spreadsheet_text=spreadsheet_text)

    def text(self, name: str, /, **variables: object) -> str:
        """The rendered SQL of `sql/<name>.sql`. Raises ValueError when a part of the template survived."""
        sql = self._environment.get_template(f"{name}.sql").render(**variables)
        left_over = _TAG.search(sql)
        if left_over:
            line = sql[: left_over.start()].count("\n") + 1
            raise ValueError(f"{name}.sql leaves `{left_over[0]}` in line {line}")
        return sql

    def __call__(self, name: str, /, **variables: object) -> sqlalchemy.TextClause:
        """The rendered statement of `sql/<name>.sql`, ready for a connection."""
        return _statement(self.text(name, **variables))

    def script(self, name: str, /, **variables: object) -> list[sqlalchemy.TextClause]:
        """The statements of a file of several, each introduced by its comment: a line `--` begins the next one."""
        parts = re.split(r";\n(?=--)", self.text(name, **variables))
        return [sqlalchemy.text(part) for part in parts]


@lru_cache(maxsize=1024)
def _statement(sql: str) -> sqlalchemy.TextClause:
    """To look for the values to bind takes longer than to render most statements."""
    return sqlalchemy.text(sql)

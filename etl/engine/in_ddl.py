"""The DDL of the in_ tables as text: for `etl generate-ddl` and for the platform's service of that name."""

from etl.ddl import Direction, statements
from etl.metadata import Company, names
from etl.settings import Settings


def schema_names(settings: Settings, company: Company) -> dict[str, str]:
    """The schemas of a company's tables, as the functions of `ddl` take them."""
    version = names.OUT_MIGRATION_VERSION, settings.out_environment_version
    return {
        "in_schema": settings.in_migration.schema_name,
        "store_schema": names.store_schema(company.code),
        "out_schema": names.out_schema(company.code, *version),
    }


def in_ddl(settings: Settings, company: Company) -> str:
    """All statements; the same metadata always give the same bytes."""
    found = statements(company, Direction.IN, **schema_names(settings, company))
    return script_of([change.sql for change in found])


def script_of(statements: list[str]) -> str:
    """Statements with blank lines between them."""
    return "\n\n".join(statements) + "\n" if statements else ""

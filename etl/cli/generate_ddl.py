"""`etl generate-ddl`: print the tables that a company's metadata asks for, or what a live schema lacks, or make it."""

import click

from etl.cli.screen.printing import COMPANY, config_url
from etl.database import Connection, part_states, transaction
from etl.ddl import (
    Difference,
    Direction,
    TableChange,
    apply,
    bring_up,
    difference,
    out_tables,
    reader_objects,
    statements,
)
from etl.ddl.privileges import (
    apply_script,
    inherited_grants,
    partner_script,
    read_by_partner,
)
from etl.engine import open_database, read_configuration, refuse_unfit
from etl.engine.in_ddl import schema_names, script_of
from etl.errors import EnvironmentFault
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions import OUT, make_tables
from etl.quoting import printable
from etl.settings import PostgresSettings, Settings
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import STORE

# Beside which of our tables those of a direction lie: whose version says whether this program may change them.
_PARTS = {
    Direction.IN: ("in_schema", IMPORT),
    Direction.STORE: ("store_schema", STORE),
    Direction.OUT: ("store_schema", OUT),
}

_DIFFERENT = 1


@click.command(name="generate-ddl")
@COMPANY
@click.option(
    "--direction",
    type=click.Choice([str(one) for one in Direction]),
    default=str(Direction.IN),
    show_default=True,
    help="Whose tables: the partner's (in), the golden store's (store), the readers' (out).",
)
@click.option("--apply", "is_applied", is_flag=True, help="Make what is missing instead of printing everything.")
@click.option("--diff", "is_diff", is_flag=True, help="Print only what the live schema lacks.")
@click.option(
    "--exit-code", "tells_difference", is_flag=True, help="With --diff: exit with 1 when something is printed."
)
@click.option("--allow-drop", is_flag=True, help="With --diff or --apply: also drop what no metadata asks for.")
@click.option("--with-grants", "role", metavar="ROLE", help="Add the partner's least privilege on the in_ tables.")
@click.pass_context
def generate_ddl(
    context: click.Context,
    company: str | None,
    direction: str,
    is_applied: bool,
    is_diff: bool,
    tells_difference: bool,
    allow_drop: bool,
    role: str | None,
) -> None:
    """Print the DDL of a company's tables; the same metadata always gives the same bytes.

    What `etl out reader add` makes beside the out_ tables is printed as a comment.

    With --diff only what the live schema lacks: tables, columns, wider types. What cannot be fixed by itself is a
    comment that says what to do, and the exit code is then 4. With --exit-code it is 1 when all that is lacking
    can be made, for scripts and checks before a commit.

    With --apply the same is made, each direction in its database and in one transaction. Nothing is dropped without
    --allow-drop, and a second time there is nothing to do.

    Roles that may write all columns, or all tables, may write new ones too: --apply grants it, --diff prints the
    grants.
    """
    chosen = _directions(direction)
    if is_applied and is_diff:
        raise click.UsageError("--diff prints and --apply makes: choose one of them")
    if allow_drop and not (is_applied or is_diff):
        raise click.UsageError("--allow-drop goes with --diff or --apply")
    if tells_difference and not is_diff:
        raise click.UsageError("--exit-code goes with --diff")
    if role and Direction.IN not in chosen:
        raise click.UsageError("--with-grants belongs to the in_ tables: --direction in or all")
    settings, found = read_configuration(config_url(context), company)
    schemas = schema_names(settings, found)
    if is_applied:
        for one in chosen:
            _apply(found, one, schemas, settings, allow_drop=allow_drop)
        if role:
            _grant(found, role, schemas["in_schema"], settings)
        return
    is_different = False
    if is_diff:
        printed, is_whole = _differences(found, chosen, schemas, settings, allow_drop=allow_drop)
        is_different = bool(printed)
    else:
        printed, is_whole = [change.sql for one in chosen for change in _changes(found, one, schemas, settings)], True
    if role:
        printed.append(partner_script(found, schemas["in_schema"], role).text)
    click.echo(script_of(printed), nl=False)
    if not is_whole:
        context.exit(EnvironmentFault.exit_code)
    if is_different and tells_difference:
        context.exit(_DIFFERENT)


def _directions(direction: str) -> list[Direction]:
    chosen = Direction(direction)
    return [Direction.IN, Direction.STORE, Direction.OUT] if chosen is Direction.ALL else [chosen]


def _structure(company: Company, settings: Settings) -> OutStructure:
    return OutStructure.of(company, kept=settings.out_migration.kept_states)


def _changes(company: Company, direction: Direction, schemas: dict[str, str], settings: Settings) -> list[TableChange]:
    if direction is not Direction.OUT:
        return statements(company, direction, **schemas)
    structure, schema = _structure(company, settings), schemas["out_schema"]
    made = [change for table in out_tables(structure, schema) for change in table.changes]
    return [*made, *reader_objects(structure, schema)]


def _database(direction: Direction, settings: Settings) -> PostgresSettings:
    databases = {
        Direction.IN: settings.import_database,
        Direction.STORE: settings.store_database,
        Direction.OUT: settings.out_database,
    }
    return databases[direction]


def _differences(
    company: Company, directions: list[Direction], schemas: dict[str, str], settings: Settings, *, allow_drop: bool
) -> tuple[list[str], bool]:
    """The lines of the script, and whether it fixes everything."""
    printed: list[str] = []
    is_whole = True
    for one in directions:
        database = _database(one, settings)
        with open_database(database, "etl:generate-ddl") as engine, transaction(engine) as connection:
            found = _difference(connection, company, one, schemas, settings, allow_drop=allow_drop)
            grants = _inherited(connection, company, one, schemas)
        printed += [*found.lines, *(change.sql for change in grants)]
        is_whole = is_whole and not found.faults
    return printed, is_whole


def _difference(
    connection: Connection,
    company: Company,
    direction: Direction,
    schemas: dict[str, str],
    settings: Settings,
    *,
    allow_drop: bool,
) -> Difference:
    structure = _structure(company, settings) if direction is Direction.OUT else None
    return difference(connection, company, direction, structure=structure, allow_drop=allow_drop, **schemas)


def _apply(
    company: Company, direction: Direction, schemas: dict[str, str], settings: Settings, *, allow_drop: bool
) -> None:
    database = _database(direction, settings)
    schema_name, part = _PARTS[direction]
    with open_database(database, "etl:generate-ddl") as engine, transaction(engine) as connection:
        refuse_unfit(part_states(connection, schemas[schema_name], [part]), to_write=True)
        if direction is Direction.OUT:
            changes = make_tables(connection, _structure(company, settings), schemas["out_schema"])
        else:
            grants = _inherited(connection, company, direction, schemas)
            changes = bring_up(connection, company, direction, **schemas)
            apply(connection, grants)
            changes += grants
        if allow_drop:
            drops = _difference(connection, company, direction, schemas, settings, allow_drop=True).changes
            apply(connection, drops)
            changes += drops
    for change in changes:
        click.echo(printable(change.description))
    schema = schemas[f"{direction}_schema"]
    click.echo(f"{schema}: {len(changes)} changes made" if changes else f"{schema}: nothing to do")


def _inherited(
    connection: Connection, company: Company, direction: Direction, schemas: dict[str, str]
) -> list[TableChange]:
    """The grants of roles that write the in_ tables on tables and columns that are still missing."""
    if direction is not Direction.IN:
        return []
    return [
        TableChange(one.description, one.sql) for one in inherited_grants(connection, company, schemas["in_schema"])
    ]


def _grant(company: Company, role: str, schema: str, settings: Settings) -> None:
    database = _database(Direction.IN, settings)
    with open_database(database, "etl:generate-ddl") as engine, transaction(engine) as connection:
        grants = partner_script(company, schema, role, read_by_partner(connection, schema))
        is_changed = apply_script(connection, grants, role, [schema])
    click.echo(f"{role}: privileges granted" if is_changed else f"{role}: has its privileges already")

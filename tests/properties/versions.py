"""Further out_ versions beside the one that the model knows, raised, switched to, rolled back: each agrees with it."""

from dataclasses import replace

from etl.engine import Runtime, build_version, roll_back_version, switch_version
from etl.errors import ConfigurationError
from etl.metadata import Company, names
from etl.metadata.out_structure import STATE, OutStructure
from etl.quoting import fold, identifier
from tests.fix_company import OUT, STORE
from tests.properties.model import Policy
from tests.properties.real_company import RealCompany

VIEWS = "out_demo"
_MOST = 3

_COLUMNS = """
    (select array_agg(a.attname::text order by a.attname) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
"""
_TABLES = f"""
select c.relname::text as name, {_COLUMNS} from pg_class c
where c.relnamespace = cast(%s as regnamespace) and c.relkind = 'r'
"""
# What a view reads is what its rule depends on, beside the view itself.
_VIEWS = f"""
select c.relname::text as name, {_COLUMNS},
    (select string_agg(distinct n.nspname || '.' || t.relname, ', ')
     from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
         and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid
     join pg_class t on t.oid = d.refobjid join pg_namespace n on n.oid = t.relnamespace
     where r.ev_class = c.oid) as shows
from pg_class c
where c.relnamespace = cast(%s as regnamespace) and c.relkind = 'v'
"""


def narrowed(company: Company) -> Company:
    """The company without the first field that readers see: another structure."""
    for number, bo in enumerate(company.objects):
        if bo.uploaded_fields:
            gone = bo.uploaded_fields[0].code
            hidden = {"need_upload_to_out_table": False}
            fields = [field.model_copy(update=hidden) if field.code == gone else field for field in bo.fields]
            changed = bo.model_copy(update={"fields": tuple(fields)})
            return Company(company.code, (*company.objects[:number], changed, *company.objects[number + 1 :]))
    return company


def raise_version(real: RealCompany, *, is_narrow: bool, is_marked: bool) -> None:
    """One more version, of another structure perhaps; the model's own stays the one that runs ask for."""
    known = _names(real)
    if not known or len(known) >= _MOST:
        return
    name = str(len(known) + 1)
    real.log.append(f"-- version {name}, narrow: {is_narrow}, marked: {is_marked}")
    runtime: Runtime = real._set(Policy(chunk_rows=2))
    out = replace(runtime.settings.out_migration, kept_states=("REMOVED", "ARCHIVED", "TEST") if is_marked else ())
    company = narrowed(runtime.company) if is_narrow else runtime.company
    settings = replace(runtime.settings, out_migration=out)
    build_version(replace(runtime, company=company, settings=settings), name, lambda _: None)


def move(real: RealCompany, number: int | None) -> bool:
    """A switch to one of the versions, or a rollback (None); whether one took place, and all versions followed."""
    known = _names(real)
    if not known:
        return False
    real.log.append(f"-- switch: {number}")
    if number is not None:
        chosen = known[number % len(known)]
        assert switch_version(real.runtime, chosen, force=False, patience=20.0).current == chosen
        return True
    try:
        roll_back_version(real.runtime, force=False, patience=20.0)
    except ConfigurationError as error:
        assert "no version was current before" in str(error)  # noqa: PT017 - the other outcome is right too
        return False
    return True


def disagreements(real: RealCompany) -> list[str]:
    """What a version shows otherwise than the model's own does, and the views otherwise than the current one; nothing
    while a change is still to be followed."""
    if not _names(real):
        return []
    if is_behind(real):
        return []
    wrong = []
    for row in real.look(f"select schema_name, structure, is_current from {STORE}.out_version"):
        structure = OutStructure.from_json(row["structure"])
        schema = row["schema_name"]
        wrong += _wrong(real, structure, schema) if schema != OUT else []
        wrong += _wrong_marks(real, structure, schema) if structure.keeps_removed else []
        wrong += _wrong_views(real, structure, schema) if row["is_current"] else []
    return wrong


def is_behind(real: RealCompany) -> bool:
    """Whether some version has not followed all of the journal."""
    pending = f"select 1 from {STORE}.journal j, {STORE}.out_version v "
    return bool(real.look(pending + "where not pg_visible_in_snapshot(j.written_by, v.journal_position) limit 1"))


def _wrong(real: RealCompany, structure: OutStructure, schema: str) -> list[str]:
    """Where a version shows other rows than the model's own; marked ones aside."""
    shown = {}
    for table in structure.instances:
        columns = [identifier(column.name) for column in table.columns if column.source != STATE]
        shown[table.name] = ["system_id", "system_created_at", *columns]
    for link in structure.links:
        shown[link.name] = [link.owner_column, link.target_column, *([link.bo_column] if link.bo_column else [])]
    wrong = []
    for name, columns in shown.items():
        chosen = ", ".join(columns)
        marked = structure.keeps_removed and not name.startswith("_")
        first = f"select {chosen} from {OUT}.{identifier(name)}"
        second = f"select {chosen} from {schema}.{identifier(name)}"
        if rows := _unequal(real, first, second + (" where system_state <> 'REMOVED'" if marked else "")):
            wrong.append(f"{schema}.{fold(name)}: {rows} rows are otherwise in {OUT}")
    return wrong


def _wrong_marks(real: RealCompany, structure: OutStructure, schema: str) -> list[str]:
    wrong = []
    for table in structure.instances:
        golden = f"select _id, _state from {STORE}.{identifier(names.store_table(table.bo))}"
        shown = f'select system_id collate "C", system_state from {schema}.{identifier(table.name)}'
        if rows := _unequal(real, golden, shown):
            wrong.append(f"{schema}.{fold(table.name)}: {rows} states are otherwise in the store")
    return wrong


def _wrong_views(real: RealCompany, structure: OutStructure, schema: str) -> list[str]:
    """Views that are not exactly the current version's tables, name for name and column for column."""
    found = {row["name"]: (row["shows"], row["columns"]) for row in real.look(_VIEWS, VIEWS)}
    tables = {row["name"]: (f"{schema}.{row['name']}", row["columns"]) for row in real.look(_TABLES, schema)}
    assert tables.keys() == {fold(name) for name in structure.tables}
    return [
        f"view {name}: {found.get(name)} instead of {tables.get(name)}"
        for name in sorted(found.keys() | tables.keys())
        if found.get(name) != tables.get(name)
    ]


def _unequal(real: RealCompany, one: str, other: str) -> int:
    query = f"select count(*) as n from (({one} except all {other}) union all ({other} except all {one})) t"
    return int(real.look(query)[0]["n"])


def _names(real: RealCompany) -> list[str]:
    if not real._exists(f"{STORE}.out_version"):
        return []
    rows = real.look(f"select schema_name from {STORE}.out_version where whole_at is not null order by schema_name")
    return [row["schema_name"] for row in rows]

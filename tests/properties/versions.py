"""Further out_ versions beside the one that the model knows, raised, switched to, rolled back: each agrees with it."""

from dataclasses import replace

from etl.engine import House, build_version, roll_back_version, switch_version
from etl.errors import ConfigurationError
from etl.metadata import Company
from etl.metadata.out_structure import OutStructure
from etl.quoting import fold, identifier
from tests.fix_company import OUT, STORE
from tests.properties.model import Policy
from tests.properties.real import Real

VIEWS = "out_demo"
_MOST = 3


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


def raise_version(real: Real, *, is_narrow: bool, keeps_removed: bool) -> None:
    """One more version, of another structure perhaps; the model's own stays the one that runs ask for."""
    known = _names(real)
    if not known or len(known) >= _MOST:
        return
    name = str(len(known) + 1)
    real.log.append(f"-- version {name}, narrow: {is_narrow}, keeps removed: {keeps_removed}")
    house: House = real._set(Policy(chunk_rows=2))
    out = replace(house.settings.out_migration, keeps_removed=keeps_removed)
    company = narrowed(house.company) if is_narrow else house.company
    settings = replace(house.settings, out_migration=out)
    build_version(replace(house, company=company, settings=settings), name, lambda _: None)


def move(real: Real, number: int | None) -> bool:
    """A switch to one of the versions, or the way back (None); whether one took place, and all versions followed."""
    known = _names(real)
    if not known:
        return False
    real.log.append(f"-- switch: {number}")
    if number is not None:
        chosen = known[number % len(known)]
        assert switch_version(real.house, chosen, force=False, patience=20.0).current == chosen
        return True
    try:
        roll_back_version(real.house, force=False, patience=20.0)
    except ConfigurationError as error:
        assert "no version was current before" in str(error)  # noqa: PT017 - the other outcome is right too
        return False
    return True


def disagreements(real: Real) -> list[str]:
    """What a version shows otherwise than the model's own does, and the views otherwise than the current one; nothing
    while a change is still to be followed."""
    if not _names(real):
        return []
    pending = f"select 1 from {STORE}.journal j, {STORE}.out_version v "
    if real.look(pending + "where not pg_visible_in_snapshot(j.written_by, v.position) limit 1"):
        return []
    wrong = []
    for row in real.look(f"select schema_name, structure, is_current from {STORE}.out_version"):
        structure = OutStructure.from_json(row["structure"])
        schema = row["schema_name"]
        wrong += [line for line in _wrong(real, structure, OUT, schema) if schema != OUT]
        wrong += _wrong(real, structure, VIEWS, schema, is_view=True) if row["is_current"] else []
    return wrong


def _wrong(real: Real, structure: OutStructure, one: str, other: str, *, is_view: bool = False) -> list[str]:
    shown = {}
    for table in structure.instances:
        columns = [identifier(column.name) for column in table.columns if is_view or column.source != "state"]
        shown[table.name] = ["system_id", "system_created_at", *columns]
    for link in structure.links:
        shown[link.name] = [link.owner_column, link.target_column, *([link.bo_column] if link.bo_column else [])]
    wrong = []
    for name, columns in shown.items():
        names = ", ".join(columns)
        marked = structure.keeps_removed and not is_view and not name.startswith("_")
        first = f"select {names} from {one}.{identifier(name)}"
        condition = " where system_state <> 'REMOVED'" if marked else ""
        second = f"select {names} from {other}.{identifier(name)}{condition}"
        query = f"select count(*) as n from (({first} except all {second}) union all ({second} except all {first})) t"
        if rows := real.look(query)[0]["n"]:
            wrong.append(f"{other}.{fold(name)}: {rows} rows are otherwise in {one}")
    return wrong


def _names(real: Real) -> list[str]:
    if not real._exists(f"{STORE}.out_version"):
        return []
    rows = real.look(f"select schema_name from {STORE}.out_version where whole_at is not null order by schema_name")
    return [row["schema_name"] for row in rows]

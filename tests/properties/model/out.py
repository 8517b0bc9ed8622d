"""What readers of an out_ version see: the golden store, less what is REMOVED, in rows that move only if they must."""

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import Native
from tests.properties.model.delivered import Values
from tests.properties.model.world import Instance, OutRow, World


def bring_up_to_date(world: World, run: int) -> None:
    """An instance keeps its row as long as it is shown; its updated_at moves when one of the columns differs."""
    for bo in world.company.objects:
        if bo.has_out_table:
            old = world.out.get(bo.code, {})
            world.out[bo.code] = {
                one.id: _row(world, bo, one, old.get(one.id), run)
                for one in world.instances[bo.code].values()
                if one.state != "REMOVED"
            }
    for link in world.company.out_link_tables():
        shown = {one for target in world.company.targets(link.field) for one in world.out.get(target.code, {})}
        world.out_links[names.out_link_table(link.bo.code, link.field.code)] = {
            (owner, target, golden.member if link.bo_column else None)
            for (owner, target), golden in world.links[link.bo.code, link.field.code].items()
            if owner in world.out[link.bo.code] and target in shown
        }


def _row(world: World, bo: BusinessObject, instance: Instance, old: OutRow | None, run: int) -> OutRow:
    values = _columns(bo, instance)
    if old is None:
        return OutRow(values, world.number(), run)
    return old if old.values == values else OutRow(values, old.born, run)


def _columns(bo: BusinessObject, instance: Instance) -> Values:
    values: Values = {field.code: instance.values.get(field.code) for field in bo.uploaded_fields}
    natives = {
        Native.CREATED_AT: instance.created,
        Native.LAST_MODIFIED_AT: instance.modified,
        Native.IN_MIGRATION_UPDATED_AT: instance.migrated,
        Native.OPEN_COUNT: 0,
    }
    return values | {native.code: natives.get(native.code) for native in bo.uploaded_natives}

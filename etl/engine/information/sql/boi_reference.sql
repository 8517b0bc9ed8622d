-- Links that wait for an end (vendor's guide, in_migration.boi_reference). in_id: the external id of the owner;
-- target_in_id: that of the end, or the value of target_field.
create or replace view {{ schema | ident }}.boi_reference as
select r.bo as bo_code, r.field as field_code, r.owner_in_id as in_id, r.owner as boi_id,
    r.target_bo as target_bo_code, r.target_field, r.target_value as target_in_id,
    r.linked_at, r.waiting_since, r.run as run_id
from {{ store_schema | ident }}.boi_reference r

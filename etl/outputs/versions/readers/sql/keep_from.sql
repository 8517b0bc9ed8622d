-- Up to which number no reader of a version needs changes: all have confirmed it, or get a full delivery later. Written
-- to each reader, so that one that asks in an older snapshot fails instead of missing what is deleted.
update {{ store_schema | ident }}.reader r
set kept_from = k.position
from (
    select v.schema_name, coalesce(min(coalesce(e.from_position, e.upto_position)), v.reader_position) as position
    from {{ store_schema | ident }}.out_version v
    join {{ store_schema | ident }}.reader e on e.schema_name = v.schema_name
    group by v.schema_name, v.reader_position
) k
where r.schema_name = k.schema_name and r.kept_from < k.position

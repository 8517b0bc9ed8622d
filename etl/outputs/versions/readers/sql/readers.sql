-- The readers of all versions, or the first ones, with how many rows each has not confirmed: counted so far, then there
-- are more.
select r.schema_name, r.reader, r.role_name, r.added_at, r.delivery, r.from_position, r.upto_position, r.asked_at,
    r.taken_at, r.retired_at, v.reader_position as position, c.behind,
    r.place is distinct from v.place or r.from_position is null as needs_full_delivery,
    extract(epoch from clock_timestamp() - greatest(r.added_at, r.asked_at, r.taken_at)) as seconds
from (
    select * from {{ store_schema | ident }}.reader order by schema_name, reader limit cast(:limit as bigint)
) r
join {{ store_schema | ident }}.out_version v on v.schema_name = r.schema_name
cross join lateral (
    select count(*) as behind
    from (
        select from {{ store_schema | ident }}.reader_change w
        where w.schema_name = r.schema_name and w.position > r.from_position
        limit :most
    ) f
) c
order by r.schema_name, r.reader

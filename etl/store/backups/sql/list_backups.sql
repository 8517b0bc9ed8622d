-- A page of the backups of a store, the newest first. `cursor`: its time in microseconds since 1970; `before`: the one
-- at which the page before ended.
select b.backup_id, b.taken_at, b.location, b.drilled_at,
    cast(extract(epoch from b.taken_at) * 1000000 as bigint) as cursor
from {{ schema | ident }}.backup_record b
where cast(:before as bigint) is null
   or cast(extract(epoch from b.taken_at) * 1000000 as bigint) < :before
order by b.taken_at desc
limit :limit

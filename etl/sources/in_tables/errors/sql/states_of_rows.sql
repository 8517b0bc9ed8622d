-- The state of the rows of some errors: by the row's id as in row_of_error, else by the in_id, since a partner may
-- send a corrected row as a new one.
select e.id, i.in_status, coalesce(i.occupied_id > e.run, false) as is_later
from unnest(cast(:ids as bigint[]), cast(:runs as bigint[]), cast(:row_ids as bigint[]), cast(:in_ids as text[]))
    as e (id, run, row_id, in_id)
cross join lateral (
    select found.in_status, found.occupied_id
    from (
        select 1 as rank, cast(t.in_status as text) as in_status, t.occupied_id
        from {{ in_schema | ident }}.{{ table | ident }} t
        where t.id = e.row_id and (e.in_id is null or t.in_id = e.in_id or t.occupied_id = e.run)
        union all
        select 2, t.in_status, t.occupied_id
        from {{ in_schema | ident }}.{{ table | ident }} t
        where t.in_id = e.in_id
    ) found
    order by found.rank
    limit 1
) i

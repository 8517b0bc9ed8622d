-- What the runs since then have made of the rows, table by table.
select
    in_table, cast(sum(claimed) as bigint) as claimed, cast(sum(created) as bigint) as created,
    cast(sum(changed) as bigint) as changed, cast(sum(unchanged) as bigint) as unchanged,
    cast(sum(removed) as bigint) as removed, cast(sum(rejected) as bigint) as rejected,
    cast(sum(waiting) as bigint) as waiting, cast(sum(vanished) as bigint) as vanished,
    cast(sum(released) as bigint) as released
from {{ schema | ident }}.migration_receipt
where run > :after
group by in_table

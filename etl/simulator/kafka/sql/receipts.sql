-- What became of records since then.
select
    coalesce(sum(cast(receipt -> 'records' ->> 'merged' as bigint)), 0) as merged,
    coalesce(sum(cast(receipt -> 'records' ->> 'rejected' as bigint)), 0) as rejected
from {{ store_schema | ident }}.unit
where source = 'kafka' and kind = 'batch' and number > :before

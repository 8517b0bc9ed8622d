-- The batch after which those of a load begin.
select coalesce(max(number), 0) as number from {{ store_schema | ident }}.unit

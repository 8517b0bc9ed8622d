-- The unit after which batches count.
select coalesce(max(number), 0) as number from {{ store_schema | ident }}.unit

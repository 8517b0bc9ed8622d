-- The whole, usable indexes of our tables on one column or its lower case: of all rows, or of those that are not
-- REMOVED.
select c.relname::text as name, a.attname::text as column, x.relname::text as index_name, i.indisunique as is_unique,
    i.indpred is not null as of_live, i.indkey[0] = 0 as ignores_case,
    exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid) as is_constraint
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_class x on x.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    -- The text of an index on a column is not needed, and expensive with many columns.
    select case when i.indkey[0] = 0 then pg_catalog.pg_get_indexdef(i.indexrelid, 1, true) end as expression offset 0
) e
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    and case
        when i.indkey[0] = 0 then e.expression = pg_catalog.format('lower(%I)', a.attname)
        else a.attnum = i.indkey[0]
    end
where n.nspname = :schema and c.relname = any(:names) and i.indisvalid and i.indnkeyatts = 1
  and (
      i.indpred is null
      or pg_catalog.pg_get_expr(i.indpred, i.indrelid) = '((_state)::text <> ''REMOVED''::text)'
  )

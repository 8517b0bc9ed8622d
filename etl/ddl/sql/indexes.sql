-- The whole, usable indexes of our tables on one plain column.
select c.relname::text as name, a.attname::text as column, i.indisunique as is_unique
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
where n.nspname = :schema and c.relname = any(:names) and i.indisvalid and i.indpred is null and i.indnkeyatts = 1

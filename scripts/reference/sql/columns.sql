-- Every column of the tables and views of some schemas, with the comments, in the order of tables and columns.
select n.nspname as schema, c.relname as relation, c.relkind = 'v' as is_view,
    coalesce(obj_description(c.oid, 'pg_class'), '') as sentence, a.attname as name,
    format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as is_required,
    coalesce(col_description(c.oid, a.attnum), '') as meaning
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname ~ :schemas and c.relkind in ('r', 'p', 'v') and not c.relispartition
order by n.nspname collate "C", c.relname collate "C", a.attnum

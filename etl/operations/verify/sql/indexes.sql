-- The indexes of some schemas, with the constraint that one may serve. `is_whole`: all rows of the table are in it, in
-- the order of its columns, so that both can be compared by their numbers of rows.
select cast(i.indexrelid::regclass as text) as index_name, cast(i.indrelid::regclass as text) as table_name,
    n.nspname as schema_name, c.relname as name, t.relname as table_only,
    c.relname ~ '^[a-z_][a-z0-9_]*$' and t.relname ~ '^[a-z_][a-z0-9_]*$' as is_plain,
    i.indisvalid and i.indisready and i.indislive as is_valid,
    m.amname = 'btree' and i.indpred is null and i.indexprs is null and i.indislive and c.relkind = 'i' as is_whole,
    m.amname = 'btree' and c.relkind = 'i' as is_btree, cast(i.indexrelid as bigint) as oid,
    (select k.conname from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x') limit 1)
        as constraint_name,
    array(
        select a.attname
        from unnest(i.indkey) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        where k.place <= i.indnkeyatts
        order by k.place
    ) as columns
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am m on m.oid = c.relam
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(cast(:schemas as text[]))
order by 1

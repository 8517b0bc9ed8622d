-- Columns that a schema of the last version before migrations were recorded must have.
select w.table_name || '.' || w.column_name as name
from unnest(cast(:tables as text[]), cast(:columns as text[])) with ordinality w (table_name, column_name, n)
where not exists (
    select
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace s on s.oid = c.relnamespace
    where s.nspname = :schema and c.relname = w.table_name and a.attname = w.column_name and not a.attisdropped
)
order by w.n

-- About how many rows the tables have: statistics say how many a page has, the file how many pages there are today.
select coalesce(sum(case when c.relpages > 0 then
        greatest(c.reltuples, 0)::float8 / c.relpages * pg_relation_size(c.oid) / current_setting('block_size')::bigint
    end), 0)::bigint as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(cast(:names as text[])) and c.relkind = 'r'

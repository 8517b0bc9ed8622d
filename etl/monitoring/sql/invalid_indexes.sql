-- Indexes of some schemas that the server does not use, with the constraint that one may serve; those that are being
-- made are left out.
select cast(i.indexrelid::regclass as text) as index_name, cast(i.indrelid::regclass as text) as table_name,
    (select k.conname from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x') limit 1)
        as constraint_name
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(cast(:schemas as text[])) and not (i.indisvalid and i.indisready and i.indislive)
  and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
order by 1

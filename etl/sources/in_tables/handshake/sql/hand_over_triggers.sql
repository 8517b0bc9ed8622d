-- Our enabled triggers on the marker, and the digest of their definition: to make them again would wait for sessions
-- that write the marker.
select count(*) as triggers, max(obj_description(t.oid, 'pg_trigger')) as digest
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_proc p on p.oid = t.tgfoid and p.pronamespace = n.oid
where n.nspname = :schema and c.relname = 'process_tracking'
  and t.tgname in ('etl_hand_over', 'etl_hand_over_truncate')
  and p.proname = 'etl_hand_over' and t.tgenabled in ('O', 'A')

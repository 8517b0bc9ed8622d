-- Whether our trigger is on the marker and switched on: making it anew would wait for whoever writes the marker.
select exists (
    select
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_proc p on p.oid = t.tgfoid and p.pronamespace = n.oid
    where n.nspname = :schema and c.relname = 'process_tracking' and t.tgname = 'etl_hand_over'
      and p.proname = 'etl_hand_over' and t.tgenabled in ('O', 'A')
) as found

-- The store's moment that this transaction sees, and which server and journal it is of: after a restore it is another
-- one, or the position names transactions that are still to come.
select
    cast(pg_current_snapshot() as text) as upto,
    concat_ws(' ', s.system_identifier, d.oid, cast('{{ schema | ident }}.journal' as regclass)::oid) as place,
    coalesce(pg_snapshot_xmax(cast(cast(:position as text) as pg_snapshot)) > pg_snapshot_xmax(pg_current_snapshot()), true)
        as is_astray
from pg_control_system() s, pg_database d
where d.datname = current_database()

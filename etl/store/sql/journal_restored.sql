-- Changes that came with a restore may have ids of transactions that have not happened yet on this server. They are
-- marked as past, since every version compares itself with the store anyway; else they would never be followed or
-- cleaned.
update {{ store_schema | ident }}.journal
set written_by = cast('3' as xid8)
where written_by >= pg_snapshot_xmax(pg_current_snapshot())
  and written_by is distinct from pg_current_xact_id_if_assigned()

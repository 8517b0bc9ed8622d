-- Changes that came with a restore bear numbers of transactions that are still to come here. Every version compares
-- itself with the store anyway, so they are of the past; else they would never be followed and never be cleaned.
update {{ store_schema | ident }}.journal
set written_by = cast('3' as xid8)
where written_by >= pg_snapshot_xmax(pg_current_snapshot())
  and written_by is distinct from pg_current_xact_id_if_assigned()

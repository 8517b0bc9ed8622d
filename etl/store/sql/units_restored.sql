-- As journal_restored: the last transactions of units whose changes are marked as past.
update {{ schema | ident }}.unit
set closed_by = cast('3' as xid8)
where closed_by >= pg_snapshot_xmax(pg_current_snapshot())
  and closed_by is distinct from pg_current_xact_id_if_assigned()

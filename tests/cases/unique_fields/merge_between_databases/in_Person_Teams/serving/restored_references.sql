-- References that came with a restore may have ids of transactions that have not happened yet on this server: they
-- would be looked up each time. All are looked up now, and marked as past.
update store_demo.boi_reference r
set written_by = cast('3' as xid8)
where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.written_by >= pg_snapshot_xmax(pg_current_snapshot())
  and r.written_by is distinct from pg_current_xact_id_if_assigned()
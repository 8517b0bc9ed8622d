-- See undo_changes: these tables are read by object and instance, which needs up-to-date statistics.
create index on pg_temp.undo_change (bo, field, instance, target);
-- See above.
create index on pg_temp.undo_later (bo, field, instance, target);
-- See above.
create index on pg_temp.undo_made (bo, field, instance, target);
-- See above.
analyze pg_temp.undo_change, pg_temp.undo_later, pg_temp.undo_made

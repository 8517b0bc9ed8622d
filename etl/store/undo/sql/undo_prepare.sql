-- See undo_changes: what is read of these tables is read by object and instance, with statistics that are of this moment.
create index on pg_temp.undo_change (bo, field, instance, target);
-- See above.
create index on pg_temp.undo_later (bo, field, instance, target);
-- See above.
create index on pg_temp.undo_made (bo, field, instance, target);
-- See above.
analyze pg_temp.undo_change, pg_temp.undo_later, pg_temp.undo_made

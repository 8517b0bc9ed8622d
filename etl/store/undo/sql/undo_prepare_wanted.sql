-- The holder of a unique value is looked up among the restored instances.
create unique index on pg_temp.undone (instance);
-- See above.
analyze pg_temp.undone

-- Whoever has a unique value is looked up among what is given back.
create unique index on pg_temp.undone (instance);
-- See above.
analyze pg_temp.undone

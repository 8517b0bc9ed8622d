-- The suspects of another object.
drop table if exists pg_temp.batch

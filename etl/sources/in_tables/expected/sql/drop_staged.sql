-- Those of another object.
drop table if exists pg_temp.present, pg_temp.missing, pg_temp.difference

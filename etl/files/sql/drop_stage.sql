-- A transaction may fill several tables, one after the other.
drop table if exists pg_temp.fill_stage

-- The file of the log that holds what was written so far is complete, so that it is archived.
select pg_switch_wal()

-- How many bytes of WAL the server has written, those of other sessions too.
select pg_current_wal_insert_lsn() - '0/0' as position

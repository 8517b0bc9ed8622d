-- Notes a name in the write-ahead log, to which a server can be restored.
select pg_create_restore_point(:name), clock_timestamp() as at

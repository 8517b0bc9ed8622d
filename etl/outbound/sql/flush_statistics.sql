-- What this transaction has counted is told to the others when it ends, not when the session is idle: the next one must
-- not find it again among its own.
select pg_stat_force_next_flush()

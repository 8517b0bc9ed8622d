-- Makes this transaction's counters visible to other sessions when it ends, not when the session is idle, so that the
-- next transaction does not count them again. PostgreSQL 14 cannot, so its reads are not used (see reads).
do $$
begin
    if pg_catalog.to_regprocedure('pg_catalog.pg_stat_force_next_flush()') is not null then
        perform pg_catalog.pg_stat_force_next_flush();
    end if;
end
$$

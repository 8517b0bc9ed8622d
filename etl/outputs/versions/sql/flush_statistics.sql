-- What this transaction has counted is visible to the others when it ends, not when the session is idle: the next one must
-- not find it again among its own. PostgreSQL 14 cannot, and so its reads are not judged (see reads).
do $$
begin
    if pg_catalog.to_regprocedure('pg_catalog.pg_stat_force_next_flush()') is not null then
        perform pg_catalog.pg_stat_force_next_flush();
    end if;
end
$$

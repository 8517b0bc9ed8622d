-- Two commands at once would both find the same table missing; the number spells "etlddl", the lock ends with the
-- transaction.
select pg_catalog.pg_advisory_xact_lock(111524889126508)

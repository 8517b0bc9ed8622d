-- By the name of the golden link table; held until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('etl links ' || :table, 0))

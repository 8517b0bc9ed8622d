-- One program at a time makes or changes the tables of a schema; until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('etl migrations ' || :schema, 0))

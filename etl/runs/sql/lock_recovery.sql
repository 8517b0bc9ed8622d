-- One process at a time looks for unfinished tasks and makes those of a new recovery; until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('etl recovery ' || :schema, 0))

-- One `etl upgrade start` of an import at a time: a second one waits, then finds nothing to do.
select pg_advisory_xact_lock(hashtextextended(concat('etl upgrade ', cast(:schema as text)), 0))

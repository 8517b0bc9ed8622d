-- Two companies that look for a free schema do so in turn.
select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('etl information tables', 0))

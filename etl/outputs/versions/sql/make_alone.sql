-- Until the transaction ends no other session makes this version: a session that reads the catalog while another one
-- commits sees half of it.
select pg_advisory_xact_lock(hashtextextended('etl makes ' || :schema_name, 0))

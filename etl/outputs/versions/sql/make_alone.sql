-- Until the transaction ends nobody else makes this version: whoever looks at the catalog while another one commits sees
-- half of it.
select pg_advisory_xact_lock(hashtextextended('etl makes ' || :schema_name, 0))

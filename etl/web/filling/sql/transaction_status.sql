-- Committed, aborted or in progress; null where the server has forgotten it.
select pg_catalog.pg_xact_status(cast(cast(:number as text) as xid8)) as status

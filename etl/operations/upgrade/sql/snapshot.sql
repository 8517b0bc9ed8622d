-- The transactions that are over now.
select cast(pg_current_snapshot() as text) as upto

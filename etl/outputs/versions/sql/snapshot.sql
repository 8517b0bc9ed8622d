-- Which transactions are over, taken before anything is read: what is read later is newer, never older.
select cast(pg_current_snapshot() as text) as upto

-- The current snapshot, taken before anything is read: later reads are newer, never older.
select cast(pg_current_snapshot() as text) as upto

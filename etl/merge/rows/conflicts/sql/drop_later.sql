-- The next task makes its own.
drop table later

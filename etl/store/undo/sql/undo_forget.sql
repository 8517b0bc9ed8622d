-- The next object makes its own.
drop table undone

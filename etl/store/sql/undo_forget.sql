-- The next object has its own.
drop table undone

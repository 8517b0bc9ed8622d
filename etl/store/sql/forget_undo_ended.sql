-- The next table has its own.
drop table undo_ended

-- The next table makes its own.
drop table undo_ended

-- The next object has its own.
drop table undone, undo_later, undo_image

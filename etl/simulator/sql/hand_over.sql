-- Way 1: an empty marker says that everything is ready.
delete from {{ schema | ident }}.process_tracking

-- Way 1: an empty marker table says that everything is ready.
delete from {{ schema | ident }}.process_tracking

-- Way 1: an empty marker table says that everything is ready.
delete from {{ in_schema | ident }}.process_tracking

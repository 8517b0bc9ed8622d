-- Way 2, after the last row: load_status 1 says that everything is ready.
update {{ in_schema | ident }}.process_tracking
set load_status = 1, end_load_time = now()
where load_status = 0 and ins_inkafka_status = 0

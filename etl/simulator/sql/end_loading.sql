-- Way 2: ready.
update {{ schema | ident }}.process_tracking
set load_status = 1, end_load_time = now()
where load_status = 0 and ins_inkafka_status = 0

-- Way 2, after the last row.
update {{ schema | ident }}.process_tracking
set load_status = 1, end_load_time = clock_timestamp()
where id = :id

-- Way 2, before the first row: while load_status is 0, no run starts.
insert into {{ schema | ident }}.process_tracking (oper_date, start_load_time, load_status)
values (current_date, clock_timestamp(), 0)
returning id

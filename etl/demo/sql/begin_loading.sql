-- Way 2, before the first row: while load_status is 0, no run starts.
insert into {{ in_schema | ident }}.process_tracking (oper_date, start_load_time, load_status)
values (current_date, now(), 0)

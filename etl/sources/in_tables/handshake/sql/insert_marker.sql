-- An empty table means "start" (vendor's guide); the row we start on is our own, with load_status 0, so it is not
-- repeated.
insert into {{ schema | ident }}.process_tracking
    (oper_date, load_status, ins_inkafka_status, start_ins_inkafka_time, periodic_update_time, occupied_by_process)
values (current_date, 0, 0, clock_timestamp(), clock_timestamp(), :run)
returning id

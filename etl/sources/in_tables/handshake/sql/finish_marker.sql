-- The signal to the partner: all rows are read (status 1), or the run was stopped (status 2). Only on a row still ours.
update {{ schema | ident }}.process_tracking
set end_ins_inkafka_time = clock_timestamp(), ins_inkafka_status = :status,
    occupied_by_process = 0, periodic_update_time = null
where id = :marker and occupied_by_process = :run

-- Takes the marker row, if it is unchanged since the decision; one that a stopped run had left becomes "unread" again.
update {{ schema | ident }}.process_tracking
set occupied_by_process = :run, start_ins_inkafka_time = clock_timestamp(), periodic_update_time = clock_timestamp(),
    ins_inkafka_status = 0
where id = :marker and coalesce(load_status, 0) = :load_status
  and coalesce(ins_inkafka_status, 0) = :ins_inkafka_status

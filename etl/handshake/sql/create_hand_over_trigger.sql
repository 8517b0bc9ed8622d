-- Once a statement, and only for those that may be a hand-over: neither heartbeats nor the start of a run are among them.
create trigger etl_hand_over
after insert or delete or truncate or update of load_status, ins_inkafka_status
on {{ schema | ident }}.process_tracking
for each statement execute function {{ schema | ident }}.etl_hand_over()

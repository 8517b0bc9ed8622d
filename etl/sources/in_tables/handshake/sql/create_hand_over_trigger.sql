-- Only for those statements that may be a hand-over: heartbeats are not among them. Deferred to the commit, so that the
-- usage of the queue is read just before the notification, however long the partner's transaction was.
create constraint trigger etl_hand_over
after insert or delete or update of load_status, ins_inkafka_status
on {{ schema | ident }}.process_tracking
deferrable initially deferred
for each row execute function {{ schema | ident }}.etl_hand_over()

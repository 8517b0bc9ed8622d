-- See drop_hand_over_trigger.
drop trigger if exists etl_hand_over_truncate on {{ schema | ident }}.process_tracking

-- Before it is created again, and where startOnHandOver is false: a transaction that has notified cannot be prepared
-- for two-phase commit.
drop trigger if exists etl_hand_over on {{ schema | ident }}.process_tracking

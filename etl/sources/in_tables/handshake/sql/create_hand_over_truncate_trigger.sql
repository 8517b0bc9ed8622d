-- PostgreSQL has no deferred trigger for truncate: see the function.
create trigger etl_hand_over_truncate
after truncate
on {{ schema | ident }}.process_tracking
for each statement execute function {{ schema | ident }}.etl_hand_over()

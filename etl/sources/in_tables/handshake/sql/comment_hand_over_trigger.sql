-- By this we see later whether function and triggers are still those that we would make.
comment on trigger etl_hand_over on {{ schema | ident }}.process_tracking is '{{ digest }}'

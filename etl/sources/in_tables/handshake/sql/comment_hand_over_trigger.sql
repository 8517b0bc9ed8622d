-- The comment tells later whether function and triggers are still the current ones.
comment on trigger etl_hand_over on {{ schema | ident }}.process_tracking is '{{ digest }}'

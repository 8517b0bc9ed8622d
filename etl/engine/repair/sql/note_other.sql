-- See create_other.
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
values (:run, :bo, :other, 'changed', jsonb_build_object('_in_id', null))

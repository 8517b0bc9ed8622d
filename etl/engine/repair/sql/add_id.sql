-- And its own one.
insert into {{ store_schema | ident }}.alias (bo, in_id, instance, run) values (:bo, :absorbed_in_id, :kept, :run)

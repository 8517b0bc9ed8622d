-- The first time, see move_position: unless another transaction inserts it just now. This one would wait for its end.
insert into store_demo.reference_position (bo, field, target_bo, place, position)
select :bo, :field, :target_bo, (
        select concat_ws(' ', s.system_identifier, d.oid, coalesce(
            (
                select p.continues
                from store_demo.journal_succession p
                where p.relation = cast('store_demo.journal' as regclass)
            ),
            cast('store_demo.journal' as regclass)::oid
        ))
        from pg_control_system() s, pg_database d where d.datname = current_database()
    ), cast(:served_until as xid8)
where not exists (
    select 1 from store_demo.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
)
  and pg_try_advisory_xact_lock(
      hashtextextended(
          concat_ws(' ', 'etl reference position', 'store_demo', :bo, :field, :target_bo), 0
      )
  )
on conflict do nothing
-- The first time, see move_position: unless another transaction inserts it just now. This one would wait for its end.
{% from "journal_id.jinja" import journal_id %}
insert into {{ store_schema | ident }}.reference_position (bo, field, target_bo, place, position)
select :bo, :field, :target_bo, {{ journal_id(store_schema) }}, cast(:served_until as xid8)
where not exists (
    select 1 from {{ store_schema | ident }}.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
)
  and pg_try_advisory_xact_lock(
      hashtextextended(
          concat_ws(' ', 'etl reference position', '{{ store_schema | ident }}', :bo, :field, :target_bo), 0
      )
  )
on conflict do nothing

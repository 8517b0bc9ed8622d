-- Rows with a missing end wait; one that waits already keeps its start time. The in_ tables give both ends by their
-- external ids. Other sources give the owner by its instance, where it is there, and may give a link that waits already
-- once more: the newest row counts. Its origin is kept for the journal; that of a row of in_ tables are its ids.
{% from "reference.jinja" import of_table, is_staged_as, waits_under, newer_reference %}
insert into {{ store_schema | ident }}.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run
    {{- ", origin" if is_staged }})
{% if is_staged %}
select
    :bo, :field, :target_bo, s.owner_in_id, {{ waits_under("s") }}, s.target_field, s.target_value,
    max(s.linked_at), :run,
    (array_agg(s._origin order by s.linked_at desc, s._source_row desc))[1]
from stage s
where s.owner is null or s.target is null
group by s.owner_in_id, {{ waits_under("s") }}, s.target_field, s.target_value
on conflict (bo, field, target_bo, owner_in_id, owner, target_field, target_value)
do update set {{ newer_reference() }}
{% else %}
select :bo, :field, :target_bo, s.owner_in_id, '', '', s.target_value, s.linked_at, :run
from stage s
where (s.owner is null or s.target is null)
  and not exists (
      select 1 from {{ store_schema | ident }}.boi_reference r
      where {{ of_table("r") }} and {{ is_staged_as("r", "s", target_field) }}
  )
on conflict do nothing
{% endif %}

-- Rows with a missing end wait; one that waits already keeps its start time. The in_ tables give both ends by their external
-- ids; other sources the owner by its instance, where it is there.
{% from "reference.jinja" import of_table, is_staged_as, waits_under %}
insert into {{ store_schema | ident }}.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run)
select :bo, :field, :target_bo, s.owner_in_id, {{ waits_under("s") if is_staged else "''" }}, {{ target_field }}, s.target_value,
    s.linked_at, :run
from stage s
where (s.owner is null or s.target is null)
  and not exists (
      select 1 from {{ store_schema | ident }}.boi_reference r
      where {{ of_table("r") }} and {{ is_staged_as("r", "s", target_field) }}
  )
on conflict do nothing

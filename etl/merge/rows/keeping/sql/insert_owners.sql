-- From now on these sources have written the fields; what they replace is kept for an undo. One that counts more, and
-- has written since the rows were staged, stays: see any_outranked.
{% set differs = "(f.source, f.source_time) is distinct from (c.source, c.time)" if time else "f.source <> c.source" %}
{% set also = ", source_time" if time else "" %}
with replaced as (
    select f.*
    from {{ store_schema | ident }}.field_owner f
    join owner_change c on c.instance = f.instance and c.field = f.field
    where f.bo = :bo and {{ differs }} and f.run <> :run
),
kept as (
    insert into {{ store_schema | ident }}.ended_field_owner (bo, field, instance, source, run, ended_by{{ also }})
    select bo, field, instance, source, run, :run{{ also }} from replaced
)
insert into {{ store_schema | ident }}.field_owner as f (bo, field, instance, source, run{{ also }})
select :bo, field, instance, source, :run{{ ", time" if time }} from owner_change
on conflict (bo, instance, field) do update
set source = excluded.source, run = excluded.run{{ ", source_time = excluded.source_time" if time }}
where {{ rank_sql("f.field", "f.source") }} >= {{ rank_sql("excluded.field", "excluded.source") }}
{%- if time %}

  and (
      f.source_time is null or f.source_time <= excluded.source_time
      or {{ rank_sql("f.field", "f.source") }} > {{ rank_sql("excluded.field", "excluded.source") }}
  )
{%- endif %}

-- Before the values: with the value of an empty field comes the source that wrote it, and with a newer source time of
-- the state that. What the other instance had besides counts no more; an undo gives all of it back.
with gone as (
    delete from {{ store_schema | ident }}.field_owner
    where bo = :bo and instance = :absorbed
    returning bo, field, instance, source, run, source_time
),
taken as (
    select w.bo, w.field, w.source, w.source_time
    from gone w
    join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = :kept
    join {{ store_schema | ident }}.{{ golden | ident }} a on a._id = :absorbed
    left join {{ store_schema | ident }}.field_owner s on s.bo = :bo and s.instance = :kept and s.field = w.field
    where case
        when w.field = '_state' then s.source_time < w.source_time or s.source_time is null
        else to_jsonb(o) ->> w.field is null and to_jsonb(a) ->> w.field is not null
    end
      and not exists (
          select from {{ store_schema | ident }}.pin p
          where p.bo = :bo and p.instance = :kept and p.field = w.field
      )
),
kept as (
    insert into {{ store_schema | ident }}.ended_field_owner (bo, field, instance, source, run, source_time, ended_by)
    select bo, field, instance, source, run, source_time, :run from gone
    union all
    select f.bo, f.field, f.instance, f.source, f.run, f.source_time, :run
    from {{ store_schema | ident }}.field_owner f
    join taken t on t.field = f.field
    where f.bo = :bo and f.instance = :kept
)
insert into {{ store_schema | ident }}.field_owner as f (bo, field, instance, source, run, source_time)
select bo, field, :kept, source, :run, source_time from taken
on conflict (bo, instance, field) do update
set source = excluded.source, run = excluded.run, source_time = excluded.source_time

-- From now on these sources have written the fields; what they replace is kept for an undo. One that counts more, and
-- has written since the rows were staged, stays: see any_outranked.
with replaced as (
    select f.*
    from {{ store_schema | ident }}.field_owner f
    join owner_change c on c.instance = f.instance and c.field = f.field
    where f.bo = :bo and f.source <> c.source and f.run <> :run
),
kept as (
    insert into {{ store_schema | ident }}.ended_field_owner (bo, field, instance, source, run, ended_by)
    select bo, field, instance, source, run, :run from replaced
)
insert into {{ store_schema | ident }}.field_owner as f (bo, field, instance, source, run)
select :bo, field, instance, source, :run from owner_change
on conflict (bo, instance, field) do update
set source = excluded.source, run = excluded.run
where {{ rank_sql("f.field", "f.source") }} >= {{ rank_sql("excluded.field", "excluded.source") }}

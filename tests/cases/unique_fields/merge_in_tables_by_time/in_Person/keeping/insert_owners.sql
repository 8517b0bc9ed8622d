-- From now on these sources have written the fields; what they replace is kept for an undo. One that counts more, and
-- has written since the rows were staged, stays: see any_outranked.
with replaced as (
    select f.*
    from store_demo.field_owner f
    join owner_change c on c.instance = f.instance and c.field = f.field
    where f.bo = :bo and (f.source, f.source_time) is distinct from (c.source, c.time) and f.run <> :run
),
kept as (
    insert into store_demo.ended_field_owner (bo, field, instance, source, run, ended_by, source_time)
    select bo, field, instance, source, run, :run, source_time from replaced
)
insert into store_demo.field_owner as f (bo, field, instance, source, run, source_time)
select :bo, field, instance, source, :run, time from owner_change
on conflict (bo, instance, field) do update
set source = excluded.source, run = excluded.run, source_time = excluded.source_time
where cast(coalesce(cast(:ranks as jsonb) -> f.field ->> f.source,
                cast(:ranks as jsonb) -> f.field ->> split_part(f.source, ':', 1),
                cast(:ranks as jsonb) -> f.field ->> '') as int) >= cast(coalesce(cast(:ranks as jsonb) -> excluded.field ->> excluded.source,
                cast(:ranks as jsonb) -> excluded.field ->> split_part(excluded.source, ':', 1),
                cast(:ranks as jsonb) -> excluded.field ->> '') as int)
  and (
      f.source_time is null or f.source_time <= excluded.source_time
      or cast(coalesce(cast(:ranks as jsonb) -> f.field ->> f.source,
                cast(:ranks as jsonb) -> f.field ->> split_part(f.source, ':', 1),
                cast(:ranks as jsonb) -> f.field ->> '') as int) > cast(coalesce(cast(:ranks as jsonb) -> excluded.field ->> excluded.source,
                cast(:ranks as jsonb) -> excluded.field ->> split_part(excluded.source, ':', 1),
                cast(:ranks as jsonb) -> excluded.field ->> '') as int)
  )
-- Codes as the metadata writes them, and the target where only one is possible.
with field as (
    select *
    from unnest(cast(:bos as text[]), cast(:fields as text[]), cast(:targets as text[])) as f (bo, field, target)
),
known as (
    select r._line, min(f.bo) as bo, min(f.field) as field, min(f.target) as target, count(*) as targets
    from pg_temp.{{ rows | ident }} r
    join field f on lower(f.bo) = lower(r.bo_code) and lower(f.field) = lower(r.field_code)
        and (coalesce(r.target_bo_code, '') = '' or lower(f.target) = lower(r.target_bo_code))
    group by r._line
)
update pg_temp.{{ rows | ident }} r
set bo_code = k.bo, field_code = k.field, target_bo_code = case when k.targets = 1 then k.target end,
    target_field = lower(coalesce(r.target_field, '')), in_id = coalesce(r.in_id, '')
from known k
where k._line = r._line

-- What a run replaced, one row per instance. Within the run the earliest image of a column counts: jsonb_object_agg keeps the
-- last, so they come latest first.
create temporary table undo_image on commit drop as
select
    j.instance, min(j.n) as first, bool_or(j.change = 'created') as is_created,
    coalesce(jsonb_object_agg(b.key, b.value order by j.n desc) filter (where b.key is not null), '{}') as images
from {{ store_schema | ident }}.journal j
left join jsonb_each(j.before) as b (key, value) on true
where j.run = :run and j.bo = :bo and j.field is null
group by j.instance

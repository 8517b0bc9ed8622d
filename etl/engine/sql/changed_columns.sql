-- How many instances a run changed, column by column, from the images of what was there before.
select j.bo, k.key as column_name, count(distinct j.instance) as instances
from {{ store_schema | ident }}.journal j
cross join lateral jsonb_object_keys(j.before) as k (key)
where j.run = :run and j.field is null
group by j.bo, k.key
order by j.bo, instances desc, k.key

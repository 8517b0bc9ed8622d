-- Which columns of those instances other runs have changed since.
create temporary table undo_later on commit drop as
select l.instance, array_agg(distinct k.key) filter (where k.key is not null) as keys
from undo_image i
join {{ store_schema | ident }}.journal l on l.n > i.first and l.instance = i.instance
left join jsonb_object_keys(l.before) as k (key) on true
where l.bo = :bo and l.field is null and l.run is distinct from :run and l.change <> 'touched'
group by l.instance

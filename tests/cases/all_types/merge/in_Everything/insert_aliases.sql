-- A row that found its instance by out_id and has an external id of its own: from now on that id finds the instance.
-- Counts the ids that another source has given to other instances, or to new ones, since the rows were staged.
with wanted as (
    select distinct _in_id, _known from stage where _aliased and _action <> 'rejected'
),
given as (
    insert into store_demo.alias as a (bo, in_id, instance, run)
    select :bo, _in_id, _known, :run from wanted
    on conflict (bo, in_id) do update set run = a.run where a.instance = excluded.instance
    returning in_id
)
select count(*) as missed
from wanted w
where not exists (select from given g where g.in_id = w._in_id collate "C")
  or exists (
      select from store_demo.bo_Everything b where b._in_id = w._in_id and b._id <> w._known
  )
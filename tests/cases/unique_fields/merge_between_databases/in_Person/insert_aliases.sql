-- A row that found its instance by out_id and has an external id of its own: from now on that id finds the instance.
insert into store_demo.alias (bo, in_id, instance, run)
select :bo, _in_id, _known, :run
from stage
where _aliased and _action <> 'rejected'
on conflict do nothing
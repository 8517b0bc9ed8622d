-- A row that found its instance by out_id and brings an external id of its own: the instance is found by it from now on.
insert into store_demo.alias (bo, in_id, instance, run)
select :bo, _in_id, _known, :run
from stage
where _aliased and _action <> 'rejected'
on conflict do nothing
-- The external ids of an instance beside its own.
insert into {{ store_schema | ident }}.alias (bo, in_id, instance, run)
select :bo, i.in_id, i.out_id, :run
from pg_temp.{{ ids | ident }} i
join pg_temp.{{ instances | ident }} r on r.system_id = i.out_id
where i.in_id <> r.in_id

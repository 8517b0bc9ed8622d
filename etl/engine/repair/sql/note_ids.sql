-- An undo gives the further ids back.
insert into {{ store_schema | ident }}.ended_alias (bo, in_id, instance, run, ended_by)
select bo, in_id, instance, run, :run
from {{ store_schema | ident }}.alias
where bo = :bo and instance = :absorbed

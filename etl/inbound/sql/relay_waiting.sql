-- The partner's rows whose links wait are known by their ends; they need not come, only their new status goes back.
insert into pg_temp.{{ table | ident }} ({{ owner_column | ident }}, {{ target_column | ident }}, in_status)
select owner_in_id, target_in_id, 'WAITING'
from {{ store_schema | ident }}.boi_reference
where bo = :bo and field = :field and target_bo = :target_bo

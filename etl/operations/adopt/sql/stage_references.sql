-- The waiting links of one link table, as the merge reads links of a source.
insert into pg_temp.{{ staged | ident }} (id, owner, owner_in_id, target_field, target_value, _origin)
select r._line, case when r.in_id = '' then r.boi_id end, r.in_id, r.target_field, r.target_in_id, :origin || r._line
from pg_temp.{{ rows | ident }} r
where r.bo_code = :bo and r.field_code = :field and r.target_bo_code = :target

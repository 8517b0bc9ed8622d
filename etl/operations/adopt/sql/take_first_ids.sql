-- An instance without an external id of its own gets the first of the file of ids.
update pg_temp.{{ rows | ident }} r
set in_id = i.in_id
from (select distinct on (out_id) out_id, in_id from pg_temp.{{ ids | ident }} order by out_id, _line) i
where i.out_id = r.system_id and r.in_id is null

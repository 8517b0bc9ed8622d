-- The newest run of the import (0 before the first), which of its tasks have begun, and who the import is at the store
-- (null where an older program has made its tables).
select to_jsonb(f) ->> 'source' as source, r.run, array(
    select t.seq from {{ in_schema | ident }}.task t where t.run = r.run and t.state <> 'todo' order by t.seq
) as begun
from {{ in_schema | ident }}.run_fence f
cross join (select coalesce(max(id), 0) as run from {{ in_schema | ident }}.run) r

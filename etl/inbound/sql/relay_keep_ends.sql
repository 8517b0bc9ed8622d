-- Of links that wait no longer the reference is gone, and a repeated task would not find them again: so they are kept
-- until the import's transaction has ended, too.
insert into {{ store_schema | ident }}.relay_mark (run, seq, owner_in_id, target_in_id, in_status)
select :run, :seq, {{ owner_column | ident }}, {{ target_column | ident }}, in_status
from pg_temp.{{ table | ident }}
where _place is null and in_status <> 'WAITING' and {{ owner_column | ident }} is not null

-- The references of links that wait no longer are deleted, and a repeated task would not find them again: so they are
-- kept until the import's transaction has ended, too.
insert into {{ store_schema | ident }}.remote_mark (run, seq, owner_in_id, target_in_id, in_status)
select :run, :seq, owner_in_id, target_in_id, in_status
from pg_temp.ended

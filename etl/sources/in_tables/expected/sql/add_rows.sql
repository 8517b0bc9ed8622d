-- Claimed as they are made. An external id that the partner inserts at this moment is there, so nothing is removed.
insert into {{ in_schema | ident }}.{{ in_table | ident }}
    (in_id, out_id, removed, in_status, occupied_id, inserted_date, occupied_at)
select m.in_id, m.out_id, true, 'ON_WORK', :run, statement_timestamp(), statement_timestamp()
from pg_temp.missing m
order by m.in_id
on conflict do nothing

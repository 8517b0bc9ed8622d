-- What became of each row.
select id, in_status, out_id, action from pg_temp.mark order by id

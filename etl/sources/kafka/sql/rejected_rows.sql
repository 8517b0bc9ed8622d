-- Objects or links that the merge refuses.
select id from pg_temp.mark where in_status = 'ERROR'

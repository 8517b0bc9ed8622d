-- The partner changes one row in a hundred where it stands; the others stay done.
update in_tables.in_client
set in_status = '', occupied_id = null, occupied_at = null, balance = balance + 1 where id % 100 = 7;
update in_tables.in_address
set in_status = '', occupied_id = null, occupied_at = null, house = house || 'd' where id % 100 = 7

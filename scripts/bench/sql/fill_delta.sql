-- The partner delivers only what changed: rows that the store knows, each with a new value; as many as one in a hundred
-- of a whole feed.
truncate in_tables.in_client, in_tables.in_address, in_tables.in_client_address restart identity;
insert into in_tables.in_client
    (in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip)
select in_id, surname, name, patronymic, email, balance + 2, credit_limit, born_at, vip
from feed.client where v = 0 and i <= %(rows)s and i % %(every)s = 0;
insert into in_tables.in_address (in_id, country, city, street, house, flat, zip)
select in_id, country, city, street, house || 'd', flat, zip
from feed.address where v = 0 and i <= %(rows)s and i % %(every)s = 0

-- The partner delivers everything again: version 0, or that with the changed rows in their places.
truncate in_tables.in_client, in_tables.in_address, in_tables.in_client_address restart identity;
insert into in_tables.in_client
    (in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip)
select in_id, surname, name, patronymic, email, balance, credit_limit, born_at, vip
from feed.client where v = case when i % 100 = 7 then %(version)s else 0 end and i <= %(rows)s;
insert into in_tables.in_address (in_id, country, city, street, house, flat, zip)
select in_id, country, city, street, house, flat, zip
from feed.address where v = case when i % 100 = 7 then %(version)s else 0 end and i <= %(rows)s;
insert into in_tables.in_client_address (client_id, address_id)
select client_id, address_id from feed.client_address where i <= %(rows)s

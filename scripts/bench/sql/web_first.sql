-- What a first run reads: few rows, so that its statistics say nothing of what is loaded later.
insert into in_tables.in_client (in_id, surname, name, balance, credit_limit, born_at, vip)
select
    'C' || i, initcap(substr(md5('s' || i), 1, 8)), initcap(substr(md5('n' || i), 1, 6)),
    case when i % 50 = 0 then numeric 'NaN' else i end, 1000, timestamp with time zone '1990-01-01 00:00:00+00', false
from generate_series(1, %(first)s) i;
insert into in_tables.in_address (in_id, country, city, street, house, zip)
select 'A' || i, 'KZ', initcap(substr(md5('t' || i % 300), 1, 9)), 'Street ' || i, i % 200, '050000'
from generate_series(1, %(first)s) i;
insert into in_tables.in_client_address (client_id, address_id)
select 'C' || i, case when i % 40 = 0 then 'Z' else 'A' end || i from generate_series(1, %(first)s) i

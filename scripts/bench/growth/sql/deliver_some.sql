-- One small delivery: half of the rows are new, half change what the store knows.
truncate in_tables.in_address restart identity;
insert into in_tables.in_address (in_id, country, city, street, house, flat, zip)
select
    'A' || substr(md5('a' || i), 1, 19), 'KZ', 'Almaty', 'Abay', '1', null, 'd' || %(number)s
from (
    select cast(%(known)s + n as bigint) as i from generate_series(1, %(rows)s / 2) n
    union all
    select 1 + (cast(%(number)s as bigint) * %(rows)s + n) * 7919 % %(known)s from generate_series(1, %(rows)s / 2) n
) chosen

-- The partner delivers addresses first to last, each %(every)s-th of them, as version; the table is cleared before.
truncate in_tables.in_address restart identity;
insert into in_tables.in_address (in_id, country, city, street, house, flat, zip)
select
    'A' || substr(md5('a' || i), 1, 19),
    'KZ',
    initcap(substr(md5('t' || i % 300), 1, 9)),
    initcap(substr(md5('u' || i % 9000), 1, 14)),
    i % 200 || case when %(version)s > 0 then 'v' || %(version)s else '' end,
    case when i % 4 > 0 then cast(i % 150 as text) end,
    lpad(cast(i % 1000000 as text), 6, '0')
from generate_series(%(first)s, %(last)s, %(every)s) i

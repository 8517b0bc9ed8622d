-- The rows of both versions: in version 1 one of a hundred clients and addresses differs. The same data as in the
-- shared measurements, made by the server itself. One link of a thousand names an address that does not exist.
create schema feed;
create table feed.client as
select
    i, v,
    'C' || substr(md5('c' || i), 1, 19) as in_id,
    initcap(substr(md5('s' || i), 1, 4 + i % 12)) as surname,
    initcap(substr(md5('n' || i), 1, 4 + i % 9)) as name,
    case when i % 10 > 0 then initcap(substr(md5('p' || i), 1, 6 + i % 9)) end as patronymic,
    substr(md5('e' || i), 1, 10) || case when i % 100 = 7 then '.v' || v else '' end || '@example.com' as email,
    round((cast(i as bigint) * 7919 % 100000000) / 100.0, 4) + case when i % 100 = 7 then v else 0 end as balance,
    cast(i % 500 * 1000 as numeric(24, 4)) as credit_limit,
    timestamp with time zone '1950-01-01 00:00:00+00' + i % 20000 * interval '1 day' as born_at,
    i % 20 = 0 as vip
from generate_series(1, %(rows)s) i cross join generate_series(0, 1) v
where v = 0 or i % 100 = 7;
create table feed.address as
select
    i, v,
    'A' || substr(md5('a' || i), 1, 19) as in_id,
    'KZ' as country,
    initcap(substr(md5('t' || i % 300), 1, 9)) as city,
    initcap(substr(md5('u' || i % 9000), 1, 14)) as street,
    i % 200 || case when i % 100 = 7 then 'v' || v else '' end as house,
    case when i % 4 > 0 then cast(i % 150 as text) end as flat,
    lpad(cast(i % 1000000 as text), 6, '0') as zip
from generate_series(1, %(rows)s) i cross join generate_series(0, 1) v
where v = 0 or i % 100 = 7;
create table feed.client_address as
select
    k as i,
    'C' || substr(md5('c' || 1 + cast(k as bigint) * 7919 % %(rows)s), 1, 19) as client_id,
    'A' || substr(md5(case when k % 1000 = 0 then 'none' else 'a' end || k), 1, 19) as address_id
from generate_series(1, %(rows)s) k

-- The store, the in_ tables and the out_ version with as many clients, addresses and links as are asked for. Of fifteen
-- clients one is rejected again and again; of twenty links one waits for an address that was never sent.
insert into in_tables.in_client (
    in_id, in_status, occupied_id, occupied_at, out_id, surname, name, patronymic, email, balance, credit_limit,
    born_at, vip
)
select
    'C' || i, case when i % 15 = 0 then 'ERROR' else 'DONE' end, %(newest)s, clock_timestamp(),
    case when i % 15 > 0 then 'c' || lpad(to_hex(i), 15, '0') end, initcap(substr(md5('s' || i), 1, 8)),
    initcap(substr(md5('n' || i), 1, 6)), initcap(substr(md5('p' || i), 1, 9)), 'e' || i || '@example.com',
    case when i % 15 = 0 then numeric 'NaN' else i end, i % 500 * 1000,
    timestamp with time zone '1950-01-01 00:00:00+00' + i % 20000 * interval '1 day', i % 20 = 0
from generate_series(%(first)s + 1, %(rows)s) i;
insert into in_tables.in_address (in_id, in_status, occupied_id, occupied_at, out_id, country, city, street, house, zip)
select
    'A' || i, case when i % 15 = 1 then 'ERROR' else 'DONE' end, %(newest)s, clock_timestamp(),
    case when i % 15 <> 1 then 'a' || lpad(to_hex(i), 15, '0') end, 'KZ', initcap(substr(md5('t' || i % 300), 1, 9)),
    initcap(substr(md5('u' || i % 9000), 1, 14)), i % 200, lpad(cast(i % 1000000 as text), 6, '0')
from generate_series(%(first)s + 1, %(rows)s) i;
insert into in_tables.in_client_address (client_id, address_id, in_status)
select
    'C' || i, case when i % 20 = 0 then 'Z' || i / 60 else 'A' || i end,
    case when i % 20 = 0 then 'WAITING' else 'DONE' end
from generate_series(%(first)s + 1, %(rows)s) i;
insert into store_bench.bo_client (
    _id, _in_id, _created_at, _modified_at, _in_migrated_at, surname, name, patronymic, email, balance, credit_limit,
    born_at, vip
)
select
    i.out_id, i.in_id, clock_timestamp(), clock_timestamp(), clock_timestamp(), i.surname, i.name, i.patronymic,
    i.email, i.balance, i.credit_limit, i.born_at, i.vip
from in_tables.in_client i
where i.in_status = 'DONE' and i.occupied_id = %(newest)s;
insert into store_bench.bo_address (
    _id, _in_id, _created_at, _modified_at, _in_migrated_at, country, city, street, house, zip
)
select
    i.out_id, i.in_id, clock_timestamp(), clock_timestamp(), clock_timestamp(), i.country, i.city, i.street, i.house,
    i.zip
from in_tables.in_address i
where i.in_status = 'DONE' and i.occupied_id = %(newest)s;
insert into store_bench.link_client_address (_owner, _target, _target_bo, _linked_at)
select 'c' || lpad(to_hex(i), 15, '0'), 'a' || lpad(to_hex(i), 15, '0'), 'Address', clock_timestamp()
from generate_series(%(first)s + 1, %(rows)s) i
where i % 15 > 1 and i % 20 > 0;
insert into store_bench.boi_reference (
    bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, written_by
)
select
    'Client', 'Address', 'Address', case when i % 15 = 0 then 'C' || i else '' end,
    case when i % 15 > 0 then 'c' || lpad(to_hex(i), 15, '0') else '' end, '', 'Z' || i / 60, clock_timestamp(),
    %(newest)s, '3'
from generate_series(%(first)s + 1, %(rows)s) i
where i % 20 = 0;
-- The out_ version has followed nine tenths of the journal: all that the first transactions of the server wrote.
insert into store_bench.journal (written_by, run, bo, instance, change, origin)
select
    case when i % 10 > 0 then '3' else pg_current_xact_id() end, %(newest)s, o.bo,
    o.letter || lpad(to_hex(i), 15, '0'), 'created', cast(i as text)
from generate_series(%(first)s + 1, %(rows)s) i
cross join (values ('Client', 'c'), ('Address', 'a')) o (bo, letter);
insert into store_bench.journal (written_by, run, bo, field, instance, target, change, before, origin)
select
    '3', %(newest)s, 'Client', 'Address', l._owner, l._target, 'linked', null, cast(n as text)
from (select _owner, _target, row_number() over () as n from store_bench.link_client_address) l;
insert into out_bench_1_1.client (
    system_id, system_created_at, inserted_at, updated_at, surname, name, patronymic, email, balance, credit_limit,
    born_at, vip
)
select
    _id, _created_at, clock_timestamp(), clock_timestamp(), surname, name, patronymic, email, balance, credit_limit,
    born_at, vip
from store_bench.bo_client g
where not exists (select from out_bench_1_1.client o where o.system_id = g._id);
insert into out_bench_1_1.address (
    system_id, system_created_at, inserted_at, updated_at, country, city, street, house, zip
)
select _id, _created_at, clock_timestamp(), clock_timestamp(), country, city, street, house, zip
from store_bench.bo_address g
where not exists (select from out_bench_1_1.address o where o.system_id = g._id)

-- The floor: the whole work of a run (claim, match, golden tables, journal, links, out tables, statuses) in one
-- session, on the engine's own tables, by hand, for the best speed. Each statement commits.
-- `-- step` names a statement in the report; `-- if` leaves it out when the step named there wrote nothing. When much
-- was claimed, no nested loops are planned: no statistics know of rows that were just written.

-- step claim client known
-- An instance that is known is found here, and its id is written at once: one write less joined than at the end.
analyze in_tables.in_client (in_id, in_status);
-- step claim client known
update in_tables.in_client i
set in_status = 'ON_WORK', occupied_id = %(run)s, occupied_at = clock_timestamp(), out_id = g._id
from store_bench.bo_client g
where i.in_status = '' and g._in_id = i.in_id collate "C";
-- step claim client new
update in_tables.in_client i
set in_status = 'ON_WORK', occupied_id = %(run)s, occupied_at = clock_timestamp(),
    out_id = right(to_hex(%(run)s), 9) || lpad(to_hex(i.id), 7, '0')
where i.in_status = '';
-- step claim address known
analyze in_tables.in_address (in_id, in_status);
-- step claim address known
update in_tables.in_address i
set in_status = 'ON_WORK', occupied_id = %(run)s, occupied_at = clock_timestamp(), out_id = g._id
from store_bench.bo_address g
where i.in_status = '' and g._in_id = i.in_id collate "C";
-- step claim address new
update in_tables.in_address i
set in_status = 'ON_WORK', occupied_id = %(run)s, occupied_at = clock_timestamp(),
    out_id = right(to_hex(%(run)s), 9) || lpad(to_hex(i.id), 7, '0')
where i.in_status = '';
-- step claim link
update in_tables.in_client_address set in_status = 'ON_WORK' where in_status = '';

-- step change client
-- if claim client known
with changed as (
    update store_bench.bo_client g
    set
        _modified_at = %(started_at)s, _in_migrated_at = %(started_at)s, surname = i.surname, name = i.name,
        patronymic = i.patronymic, email = i.email, balance = i.balance, credit_limit = i.credit_limit,
        born_at = i.born_at, vip = i.vip
    from in_tables.in_client i
    join store_bench.bo_client o on o._id = i.out_id collate "C"
    where i.occupied_id = %(run)s and i.in_status = 'ON_WORK' and g._id = o._id
      and (o.surname is distinct from i.surname or o.name is distinct from i.name
        or o.patronymic is distinct from i.patronymic or o.email is distinct from i.email
        or o.balance is distinct from i.balance or o.credit_limit is distinct from i.credit_limit
        or o.born_at is distinct from i.born_at or o.vip is distinct from i.vip)
    returning g._id,
        case when o.surname is distinct from g.surname then jsonb_build_object('surname', o.surname) else '{}' end
        || case when o.name is distinct from g.name then jsonb_build_object('name', o.name) else '{}' end
        || case when o.patronymic is distinct from g.patronymic
            then jsonb_build_object('patronymic', o.patronymic) else '{}' end
        || case when o.email is distinct from g.email then jsonb_build_object('email', o.email) else '{}' end
        || case when o.balance is distinct from g.balance then jsonb_build_object('balance', o.balance) else '{}' end
        || case when o.credit_limit is distinct from g.credit_limit
            then jsonb_build_object('credit_limit', o.credit_limit) else '{}' end
        || case when o.born_at is distinct from g.born_at then jsonb_build_object('born_at', o.born_at) else '{}' end
        || case when o.vip is distinct from g.vip then jsonb_build_object('vip', o.vip) else '{}' end as before
)
insert into store_bench.journal (run, bo, instance, change, before)
select %(run)s, 'Client', _id, 'changed', before from changed;
-- step create client
-- if claim client new
with created as (
    insert into store_bench.bo_client (_id, _in_id, _created_at, _modified_at, _in_migrated_at,
        surname, name, patronymic, email, balance, credit_limit, born_at, vip)
    select out_id, in_id, %(started_at)s, %(started_at)s, %(started_at)s,
        surname, name, patronymic, email, balance, credit_limit, born_at, vip
    from in_tables.in_client i
    where i.occupied_id = %(run)s and i.in_status = 'ON_WORK'
      and not exists (select from store_bench.bo_client g where g._id = i.out_id collate "C")
    order by in_id collate "C"
    returning _id
)
insert into store_bench.journal (run, bo, instance, change)
select %(run)s, 'Client', _id, 'created' from created;
-- step change address
-- if claim address known
with changed as (
    update store_bench.bo_address g
    set
        _modified_at = %(started_at)s, _in_migrated_at = %(started_at)s, country = i.country, city = i.city,
        street = i.street, house = i.house, flat = i.flat, zip = i.zip
    from in_tables.in_address i
    join store_bench.bo_address o on o._id = i.out_id collate "C"
    where i.occupied_id = %(run)s and i.in_status = 'ON_WORK' and g._id = o._id
      and (o.country is distinct from i.country or o.city is distinct from i.city
        or o.street is distinct from i.street or o.house is distinct from i.house
        or o.flat is distinct from i.flat or o.zip is distinct from i.zip)
    returning g._id,
        case when o.country is distinct from g.country then jsonb_build_object('country', o.country) else '{}' end
        || case when o.city is distinct from g.city then jsonb_build_object('city', o.city) else '{}' end
        || case when o.street is distinct from g.street then jsonb_build_object('street', o.street) else '{}' end
        || case when o.house is distinct from g.house then jsonb_build_object('house', o.house) else '{}' end
        || case when o.flat is distinct from g.flat then jsonb_build_object('flat', o.flat) else '{}' end
        || case when o.zip is distinct from g.zip then jsonb_build_object('zip', o.zip) else '{}' end as before
)
insert into store_bench.journal (run, bo, instance, change, before)
select %(run)s, 'Address', _id, 'changed', before from changed;
-- step create address
-- if claim address new
with created as (
    insert into store_bench.bo_address (_id, _in_id, _created_at, _modified_at, _in_migrated_at,
        country, city, street, house, flat, zip)
    select out_id, in_id, %(started_at)s, %(started_at)s, %(started_at)s, country, city, street, house, flat, zip
    from in_tables.in_address i
    where i.occupied_id = %(run)s and i.in_status = 'ON_WORK'
      and not exists (select from store_bench.bo_address g where g._id = i.out_id collate "C")
    order by in_id collate "C"
    returning _id
)
insert into store_bench.journal (run, bo, instance, change)
select %(run)s, 'Address', _id, 'created' from created;

-- step link
-- if claim link
with ends as materialized (
    select
        l.client_id, l.address_id, coalesce(l.inserted_date, %(started_at)s) as linked_at, o._id as owner,
        t._id as target
    from in_tables.in_client_address l
    left join store_bench.bo_client o on o._in_id = l.client_id collate "C"
    left join store_bench.bo_address t on t._in_id = l.address_id collate "C"
    where l.in_status = 'ON_WORK'
),
waiting as (
    insert into store_bench.boi_reference (bo, field, target_bo, owner_in_id, target_value, linked_at, run)
    select 'Client', 'Address', 'Address', client_id, address_id, linked_at, %(run)s
    from ends where owner is null or target is null
    on conflict do nothing
),
created as (
    insert into store_bench.link_client_address (_owner, _target, _target_bo, _linked_at)
    select owner, target, 'Address', linked_at
    from ends e
    where owner is not null and target is not null
      and not exists (
          select from store_bench.link_client_address g where g._owner = e.owner and g._target = e.target
      )
    order by owner, target
    returning _owner, _target
)
insert into store_bench.journal (run, bo, field, instance, target, change)
select %(run)s, 'Client', 'Address', _owner, _target, 'linked' from created;
-- step link
-- if link
create index if not exists link_client_address__target_idx on store_bench.link_client_address (_target);

-- step out client
-- if change client
update out_bench_1_1.client o
set updated_at = statement_timestamp(), system_created_at = g._created_at, surname = g.surname, name = g.name,
    patronymic = g.patronymic, email = g.email, balance = g.balance, credit_limit = g.credit_limit,
    born_at = g.born_at, vip = g.vip
from store_bench.journal j
join store_bench.bo_client g on g._id = j.instance
where j.n > %(journal)s and j.bo = 'Client' and j.change = 'changed' and o.system_id = g._id collate "default";
-- step out client
-- if create client
insert into out_bench_1_1.client (system_id, system_created_at, inserted_at, updated_at,
    surname, name, patronymic, email, balance, credit_limit, born_at, vip)
select g._id, g._created_at, statement_timestamp(), statement_timestamp(),
    g.surname, g.name, g.patronymic, g.email, g.balance, g.credit_limit, g.born_at, g.vip
from store_bench.bo_client g
where g._created_at = %(started_at)s
order by g._id;
-- step out address
-- if change address
update out_bench_1_1.address o
set updated_at = statement_timestamp(), system_created_at = g._created_at, country = g.country, city = g.city,
    street = g.street, house = g.house, flat = g.flat, zip = g.zip
from store_bench.journal j
join store_bench.bo_address g on g._id = j.instance
where j.n > %(journal)s and j.bo = 'Address' and j.change = 'changed' and o.system_id = g._id collate "default";
-- step out address
-- if create address
insert into out_bench_1_1.address (system_id, system_created_at, inserted_at, updated_at,
    country, city, street, house, flat, zip)
select g._id, g._created_at, statement_timestamp(), statement_timestamp(),
    g.country, g.city, g.street, g.house, g.flat, g.zip
from store_bench.bo_address g
where g._created_at = %(started_at)s
order by g._id;
-- step out link
-- if link
insert into out_bench_1_1._client_address_ (client_id, address_id)
select instance, target
from store_bench.journal
where n > %(journal)s and bo = 'Client' and field = 'Address' and change = 'linked'
order by n;

-- step done client
update in_tables.in_client set in_status = 'DONE' where occupied_id = %(run)s and in_status = 'ON_WORK';
-- step done address
update in_tables.in_address set in_status = 'DONE' where occupied_id = %(run)s and in_status = 'ON_WORK';
-- step done link
-- if claim link
update in_tables.in_client_address l
set in_status = 'WAITING'
from store_bench.boi_reference r
where r.bo = 'Client' and r.field = 'Address' and l.in_status = 'ON_WORK'
  and l.client_id collate "C" = r.owner_in_id and l.address_id collate "C" = r.target_value;
-- step done link
-- if claim link
update in_tables.in_client_address set in_status = 'DONE' where in_status = 'ON_WORK'

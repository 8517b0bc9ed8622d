-- What the stores, out_ tables and statuses hold, with instances named by their external ids, since every run makes new
-- ids. Each answer is a count and a digest that does not depend on the order of rows. The floor writes no `origin`.
-- of store client
select g._in_id, g._state, g._modified_at > g._created_at as moved,
    g.surname, g.name, g.patronymic, g.email, g.balance, g.credit_limit, g.born_at, g.vip
from store_bench.bo_client g;
-- of store address
select g._in_id, g._state, g._modified_at > g._created_at as moved,
    g.country, g.city, g.street, g.house, g.flat, g.zip
from store_bench.bo_address g;
-- of store link
select o._in_id, t._in_id as target_in_id, l._target_bo
from store_bench.link_client_address l
join store_bench.bo_client o on o._id = l._owner
join store_bench.bo_address t on t._id = l._target;
-- of store reference
select bo, field, target_bo, owner_in_id, target_value from store_bench.boi_reference;
-- of journal
select j.bo, j.field, coalesce(c._in_id, a._in_id) as in_id, t._in_id as target_in_id, j.change, j.before
from store_bench.journal j
left join store_bench.bo_client c on j.bo = 'Client' and c._id = j.instance
left join store_bench.bo_address a on j.bo = 'Address' and a._id = j.instance
left join store_bench.bo_address t on t._id = j.target;
-- of out client
select g._in_id, o.system_created_at = g._created_at as same_time, o.updated_at > o.inserted_at as moved,
    o.surname, o.name, o.patronymic, o.email, o.balance, o.credit_limit, o.born_at, o.vip
from out_bench_1_1.client o join store_bench.bo_client g on g._id = o.system_id collate "C";
-- of out address
select g._in_id, o.system_created_at = g._created_at as same_time, o.updated_at > o.inserted_at as moved,
    o.country, o.city, o.street, o.house, o.flat, o.zip
from out_bench_1_1.address o join store_bench.bo_address g on g._id = o.system_id collate "C";
-- of out link
select c._in_id, a._in_id as target_in_id
from out_bench_1_1._client_address_ o
join store_bench.bo_client c on c._id = o.client_id collate "C"
join store_bench.bo_address a on a._id = o.address_id collate "C";
-- of in_client
select i.in_id, i.in_status, g._in_id as known_as, i.occupied_id is null as free
from in_tables.in_client i left join store_bench.bo_client g on g._id = i.out_id collate "C";
-- of in_address
select i.in_id, i.in_status, g._in_id as known_as, i.occupied_id is null as free
from in_tables.in_address i left join store_bench.bo_address g on g._id = i.out_id collate "C";
-- of in_client_address
select client_id, address_id, in_status from in_tables.in_client_address

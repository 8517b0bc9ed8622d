-- What the stores hold, with instances named by their external ids. Each answer is a count and a digest that does not
-- depend on the order of rows. Topics differ by contestant; of an origin, partition and offset are compared.
-- of client
select g._in_id, g._state, g._modified_at > g._created_at as moved,
    g.surname, g.name, g.patronymic, g.email, g.balance, g.credit_limit, g.born_at, g.vip
from store_bench.bo_client g;
-- of link
select o._in_id, t.code, l._target_bo
from store_bench.link_client_branch l
join store_bench.bo_client o on o._id = l._owner
join store_bench.bo_branch t on t._id = l._target;
-- of waiting
select bo, field, target_bo, target_field, target_value from store_bench.boi_reference;
-- of journal
select j.bo, j.field, c._in_id, t.code, j.change, j.before, substr(j.origin, strpos(j.origin, '/')) as message
from store_bench.journal j
left join store_bench.bo_client c on j.bo = 'Client' and c._id = j.instance
left join store_bench.bo_branch t on t._id = j.target;
-- of record
select record_id, partition, record_offset from store_bench.kafka_record;
-- of position
select partition, next_offset from store_bench.kafka_position where topic <> 'branches'

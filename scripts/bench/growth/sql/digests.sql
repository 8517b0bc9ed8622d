-- What is in the store, the journal, the out_ table and the in_ table, with instances named by their external ids.
-- of store
select _in_id, _state, _modified_at > _created_at as moved, country, city, street, house, flat, zip
from store_bench.bo_address;
-- of journal
select g._in_id, j.bo, j.change, j.before
from store_bench.journal j left join store_bench.bo_address g on g._id = j.instance;
-- of out
select g._in_id, o.system_created_at = g._created_at as same_time, o.updated_at > o.inserted_at as moved,
    o.country, o.city, o.street, o.house, o.flat, o.zip
from out_bench_1_1.address o join store_bench.bo_address g on g._id = o.system_id collate "C";
-- of in
select i.in_id, i.in_status, g._in_id as known_as, i.occupied_id is null as free
from in_tables.in_address i left join store_bench.bo_address g on g._id = i.out_id collate "C"

-- The floor of changes out: each client that the journal names since a transaction, with its columns and the unique
-- value of its link's target.
-- step read
select g._id, g._in_id, g._state, cast(floor(extract(epoch from g._modified_at) * 1000) as bigint),
    g.surname, g.name, g.patronymic, g.email, cast(trim_scale(g.balance) as text),
    cast(trim_scale(g.credit_limit) as text), to_char(g.born_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    cast(g.vip as text), b.code
from (
    select distinct instance from store_bench.journal where written_by >= cast(%(after)s as xid8) and bo = 'Client'
) j
join store_bench.bo_client g on g._id = j.instance
left join store_bench.link_client_branch l on l._owner = g._id
left join store_bench.bo_branch b on b._id = l._target
order by g._id;
-- step move
update store_bench.kafka_output set step = %(step)s, is_begun = true, records = records + %(records)s
where name = 'floor' and token = 1

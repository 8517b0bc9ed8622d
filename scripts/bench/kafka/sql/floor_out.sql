-- The floor of changes out: each client that the journal names since a transaction, with its columns and the unique
-- values of its links' targets; and what has changed of it, for only that is written.
-- step read
with touched as (
    select instance, bool_or(change = 'created') as is_new,
        array_agg(before) filter (where change = 'changed') as before,
        array_agg(target) filter (where field = 'Branch') as targets
    from store_bench.journal
    where written_by >= cast(%(after)s as xid8) and bo = 'Client'
    group by instance
),
links as (
    select l._owner, array_agg(b.code) as codes
    from touched j
    join store_bench.link_client_branch l on l._owner = j.instance
    join store_bench.bo_branch b on b._id = l._target
    where j.is_new or l._target = any(j.targets)
    group by l._owner
)
select g._id, g._in_id, g._state, cast(floor(extract(epoch from g._modified_at) * 1000) as bigint), j.is_new, j.before,
    g.surname, g.name, g.patronymic, g.email, cast(trim_scale(g.balance) as text),
    cast(trim_scale(g.credit_limit) as text), to_char(g.born_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    cast(g.vip as text), l.codes
from touched j
join store_bench.bo_client g on g._id = j.instance
left join links l on l._owner = j.instance
order by g._id;
-- step move
update store_bench.kafka_output set step = %(step)s, is_begun = true, records = records + %(records)s
where name = 'floor' and token = 1

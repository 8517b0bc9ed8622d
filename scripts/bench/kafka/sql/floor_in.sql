-- The floor: the work on one batch by hand, in one transaction, on the engine's own tables. Each instance comes once.
-- `-- step` names a statement; one with `known` behind its name is left out where no instance of the batch is known.

-- step lock
select count(*)
from (
    select from store_bench.kafka_position
    where topic = %(topic)s and partition = any(%(partitions)s) and token = 1
    order by partition
    for update
) p;
-- step remember
with fresh as (
    insert into store_bench.kafka_record (topic, record_id, digest, partition, record_offset, merged_at)
    select %(topic)s, record_id, digest, partition, record_offset, now()
    from stage
    order by record_id
    on conflict do nothing
    returning record_id
)
select count(*) from fresh;
-- step repeated
delete from stage s
using store_bench.kafka_record k
where k.topic = %(topic)s and k.record_id = s.record_id
  and (k.partition, k.record_offset) is distinct from (s.partition, s.record_offset);
-- step several
select count(*) from (select from stage group by in_id having count(*) > 1) s;
-- step analyze
analyze stage (in_id, branch);
-- step unit
with numbered as (
    update store_bench.unit_number set last_number = last_number + 1 returning last_number
)
insert into store_bench.unit (number, source, kind, started_at)
select last_number, 'kafka', 'batch', now() from numbered
returning number;
-- step known
select count(*) from stage s join store_bench.bo_client g on g._in_id = s.in_id;
-- step change known
with changed as (
    update store_bench.bo_client g
    set
        _modified_at = now(), _in_migrated_at = now(), surname = i.surname, name = i.name, patronymic = i.patronymic,
        email = i.email, balance = i.balance, credit_limit = i.credit_limit, born_at = i.born_at, vip = i.vip
    from (
        select in_id, partition, record_offset, surname, name, patronymic, email, cast(balance as numeric) as balance,
            cast(credit_limit as numeric) as credit_limit, cast(born_at || ' 00:00+00' as timestamptz) as born_at,
            cast(vip as boolean) as vip
        from stage
        offset 0
    ) i
    join store_bench.bo_client o on o._in_id = i.in_id
    where g._id = o._id
      and (o.surname is distinct from i.surname or o.name is distinct from i.name
        or o.patronymic is distinct from i.patronymic or o.email is distinct from i.email
        or o.balance is distinct from i.balance or o.credit_limit is distinct from i.credit_limit
        or o.born_at is distinct from i.born_at or o.vip is distinct from i.vip)
    returning g._id, i.partition, i.record_offset,
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
insert into store_bench.journal (run, bo, instance, change, before, origin)
select %(unit)s, 'Client', _id, 'changed', before, %(prefix)s || partition || '/' || record_offset
from changed;
-- step create
with created as (
    insert into store_bench.bo_client (_id, _in_id, _created_at, _modified_at, _in_migrated_at,
        surname, name, patronymic, email, balance, credit_limit, born_at, vip)
    select right(to_hex(%(unit)s), 10) || lpad(to_hex(number), 6, '0'), in_id, now(), now(), now(),
        surname, name, patronymic, email, cast(balance as numeric), cast(credit_limit as numeric),
        cast(born_at || ' 00:00+00' as timestamptz), cast(vip as boolean)
    from stage s
    where not exists (select from store_bench.bo_client g where g._in_id = s.in_id)
    order by in_id
    returning _id, _in_id
)
insert into store_bench.journal (run, bo, instance, change, origin)
select %(unit)s, 'Client', c._id, 'created', %(prefix)s || s.partition || '/' || s.record_offset
from created c
join stage s on s.in_id = c._in_id;
-- step unlink known
with ended as (
    delete from store_bench.link_client_branch l
    using stage s
    join store_bench.bo_client g on g._in_id = s.in_id
    join store_bench.bo_branch b on b.code = s.branch
    where l._owner = g._id and l._target <> b._id
    returning l._owner, l._target, s.partition, s.record_offset
)
insert into store_bench.journal (run, bo, field, instance, target, change, origin)
select %(unit)s, 'Client', 'Branch', _owner, _target, 'unlinked', %(prefix)s || partition || '/' || record_offset
from ended;
-- step wait
insert into store_bench.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run)
select 'Client', 'Branch', 'Branch', '', g._id, 'code', s.branch, now(), %(unit)s
from stage s
join store_bench.bo_client g on g._in_id = s.in_id
where s.branch is not null and not exists (select from store_bench.bo_branch b where b.code = s.branch)
on conflict do nothing;
-- step link
with created as (
    insert into store_bench.link_client_branch (_owner, _target, _target_bo, _linked_at)
    select g._id, b._id, 'Branch', now()
    from stage s
    join store_bench.bo_client g on g._in_id = s.in_id
    join store_bench.bo_branch b on b.code = s.branch
    where not exists (
        select from store_bench.link_client_branch l where l._owner = g._id and l._target = b._id
    )
    order by 1, 2
    returning _owner, _target
)
insert into store_bench.journal (run, bo, field, instance, target, change, origin)
select %(unit)s, 'Client', 'Branch', c._owner, c._target, 'linked', %(prefix)s || s.partition || '/' || s.record_offset
from created c
join store_bench.bo_client g on g._id = c._owner
join stage s on s.in_id = g._in_id;
-- step finish
update store_bench.unit
set finished_at = clock_timestamp(), closed_by = pg_current_xact_id(), receipt = '{}'
where number = %(unit)s;
-- step advance
update store_bench.kafka_position p
set next_offset = t.next_offset, committed_at = clock_timestamp()
from unnest(cast(%(partitions)s as int[]), cast(%(offsets)s as bigint[])) t (partition, next_offset)
where p.topic = %(topic)s and p.partition = t.partition

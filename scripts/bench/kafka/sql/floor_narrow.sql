-- The narrow work, all that a JDBC sink does: one upsert, with the positions in its transaction; no recordIds, links,
-- journal, units.

-- step upsert
insert into store_bench.bo_client as g (_id, _in_id, _created_at, _modified_at, _in_migrated_at,
    surname, name, patronymic, email, balance, credit_limit, born_at, vip)
select substr(in_id, 1, 16), in_id, now(), now(), now(),
    surname, name, patronymic, email, cast(balance as numeric), cast(credit_limit as numeric),
    cast(born_at || ' 00:00+00' as timestamptz), cast(vip as boolean)
from stage s
order by in_id
on conflict (_in_id) do update
set _modified_at = now(), _in_migrated_at = now(), surname = excluded.surname, name = excluded.name,
    patronymic = excluded.patronymic, email = excluded.email, balance = excluded.balance,
    credit_limit = excluded.credit_limit, born_at = excluded.born_at, vip = excluded.vip;
-- step advance
update store_bench.kafka_position p
set next_offset = t.next_offset, committed_at = clock_timestamp()
from unnest(cast(%(partitions)s as int[]), cast(%(offsets)s as bigint[])) t (partition, next_offset)
where p.topic = %(topic)s and p.partition = t.partition

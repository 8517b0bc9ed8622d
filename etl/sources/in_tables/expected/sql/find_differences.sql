-- What the partner has and the store lacks, what both have with other values, and what only the store has of this
-- source (see find_missing). An instance is there by any of its external ids.
create temporary table difference on commit drop as
with known as (
    select g._in_id as in_id, {{ hash }} as hash
    from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._state <> 'REMOVED' and g._in_id is not null
    union all
    select a.in_id, {{ hash }}
    from {{ store_schema | ident }}.alias a
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance and g._state <> 'REMOVED'
    where a.bo = :bo
)
select
    cast(:in_table as varchar(63)) as in_table, p.in_id,
    cast(case when k.in_id is null then 'missing' else 'different' end as varchar(16)) as difference
from pg_temp.present p
left join known k on k.in_id = p.in_id
where p.hash is distinct from k.hash
union all
select cast(:in_table as varchar(63)), coalesce(m.in_id, m.out_id), 'extra'
from pg_temp.missing m

-- What was added to some tables, or taken from them, and may refuse what a run writes: constraints, unique and computed
-- indexes, generated columns, columns that must be filled, replication without an identity, sequences at their end.
-- `named` is the name as SQL text.
with asked as (
    select c.oid, c.relname::text as name, c.relpersistence, c.relreplident, c.relhasindex
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = :schema and c.relname = any(:names) and c.relkind = 'r'
),
found as (
select a.name, 'constraint ' || cast(c.contype as text) as kind, c.conname::text as what,
    pg_catalog.pg_get_constraintdef(c.oid) as text,
    array(
        select t.attname::text from pg_catalog.pg_attribute t where t.attrelid = a.oid and t.attnum = any(c.conkey)
    ) as columns,
    case when c.contype = 'c' then pg_catalog.pg_get_expr(c.conbin, c.conrelid) end as expression,
    c.convalidated as is_valid
from asked a
join pg_catalog.pg_constraint c on c.conrelid = a.oid and c.contype in ('c', 'f', 'x')
union all
select a.name, case when i.indisunique then 'unique index' else 'computed index' end, x.relname::text,
    pg_catalog.pg_get_indexdef(i.indexrelid),
    array(select t.attname::text from pg_catalog.pg_attribute t where t.attrelid = i.indexrelid), null, i.indisvalid
from asked a
join pg_catalog.pg_index i on i.indrelid = a.oid and (i.indisunique or i.indexprs is not null or i.indpred is not null)
join pg_catalog.pg_class x on x.oid = i.indexrelid
where not exists (select from pg_catalog.pg_constraint c where c.conindid = i.indexrelid and c.contype = 'x')
union all
select a.name, 'column', t.attname::text,
    case
        when t.attgenerated <> '' then 'generated'
        when t.attnotnull and not t.atthasdef and t.attidentity = '' then 'must be filled'
        when not t.attnotnull then 'may be null'
        else 'has a default'
    end,
    array[t.attname::text], pg_catalog.pg_get_expr(d.adbin, d.adrelid), true
from asked a
join pg_catalog.pg_attribute t on t.attrelid = a.oid and t.attnum > 0 and not t.attisdropped
left join pg_catalog.pg_attrdef d on d.adrelid = a.oid and d.adnum = t.attnum
union all
select a.name, 'published', p.pubname::text, '', array[]::text[], null, true
from asked a
join pg_catalog.pg_publication p on p.pubupdate and (
    p.puballtables or exists (select from pg_catalog.pg_publication_rel r where r.prpubid = p.oid and r.prrelid = a.oid)
)
where a.relreplident = 'n'
    or a.relreplident = 'd' and not exists (
        select from pg_catalog.pg_index i where i.indrelid = a.oid and i.indisprimary
    )
union all
select a.name, 'sequence', s.relname::text, '', array[]::text[], null, true
from asked a
join pg_catalog.pg_depend d
    on d.refobjid = a.oid and d.deptype in ('a', 'i') and d.classid = 'pg_catalog.pg_class'::regclass
join pg_catalog.pg_sequence q on q.seqrelid = d.objid
join pg_catalog.pg_class s on s.oid = q.seqrelid
where case
    when pg_catalog.has_sequence_privilege(s.oid, 'usage, select')
        then pg_catalog.pg_sequence_last_value(s.oid) >= q.seqmax
end
union all
select a.name, 'unlogged', a.name, '', array[]::text[], null, true
from asked a
where a.relpersistence = 'u'
)
select f.*, pg_catalog.quote_ident(f.what) as named from found f order by 1, 2, 3

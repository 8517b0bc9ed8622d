-- The ends of waiting links of which the in_ tables have no merged row, what blocks most first, with the newest error
-- of a row that was rejected. Up to a number of links of each table are looked at, and no store is asked.
with waiting as (
{% for link in links %}
{{ "    union all" if not loop.first }}
    (
        select {{ loop.index0 }} as link, cast(l.{{ link.owner_column | ident }} as text) as owner,
            cast(l.{{ link.target_column | ident }} as text) as target, l.inserted_date as since
        from {{ in_schema | ident }}.{{ link.name | ident }} l
        where l.in_status = 'WAITING'
        limit :most_links
    )
{% endfor %}
),
tables (link, owner_table, target_table) as (
    values
{% for link in links %}
    ({{ loop.index0 }}, {{ link.owner_table | literal }}, {{ link.target_table | literal }}){{ "," if not loop.last }}
{% endfor %}
),
missing as (
    select e.in_table, e.in_id, count(*) as links, min(w.since) as since
    from waiting w
    join tables t on t.link = w.link
    cross join lateral (values (t.owner_table, w.owner), (t.target_table, w.target)) e (in_table, in_id)
    group by e.in_table, e.in_id
),
known (in_table, in_id, in_status) as (
    select cast('' as text), cast('' as text), cast('' as text) where false
{% for table in tables %}
    union all
    (
        select distinct on (i.in_id) {{ table | literal }}, cast(i.in_id as text), cast(i.in_status as text)
        from {{ in_schema | ident }}.{{ table | ident }} i
        where i.in_id = any(array(select m.in_id from missing m where m.in_table = {{ table | literal }}))
        order by i.in_id, i.id desc
    )
{% endfor %}
)
select m.in_table, m.in_id, m.links, m.since, k.in_status, r.id as error, r.code, r.message, r.message_rus
from missing m
left join known k on k.in_table = m.in_table and k.in_id = m.in_id
left join lateral (
    select e.id, e.code, e.message, e.message_rus
    from {{ in_schema | ident }}.err e
    where e.in_table = m.in_table and e.in_id = m.in_id and (k.in_status is null or k.in_status = 'ERROR')
    order by e.run desc, e.id desc
    limit 1
) r on true
where k.in_status is distinct from 'DONE'
order by m.links desc, m.since, m.in_table, m.in_id
limit :limit

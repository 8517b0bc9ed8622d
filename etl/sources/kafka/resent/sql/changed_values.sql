-- The rows that were sent back, and which columns of their instances were changed since. Of an instance that was
-- created since those that have a value were.
{% from "later.jinja" import is_later, since %}
with older as materialized (
    select s._row, s._known, r.*
    from stage s
    join pg_temp.kafka_resent r on r.origin = s._origin
    where s._known is not null
),
later as materialized (
    select o._row, o._known, j.change, j.before
    from older o
    join {{ schema | ident }}.journal j
        on j.bo = :bo and j.instance = o._known and j.field is null and j.written_by >= {{ since() }}
        and {{ is_later("j", "o") }}
)
select l._row as id, array_agg(distinct c.name) as columns
from later l
cross join lateral (
    select jsonb_object_keys(l.before) as name
    union all
    select v.key
    from {{ schema | ident }}.{{ golden | ident }} g
    cross join jsonb_each(to_jsonb(g)) v
    where l.change = 'created' and g._id = l._known and jsonb_typeof(v.value) <> 'null'
    union all
    select '_state' where l.change in ('removed', 'returned')
) c
group by l._row

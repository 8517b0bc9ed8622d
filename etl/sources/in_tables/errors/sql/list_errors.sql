-- Chosen errors, the newest first. Those of a table or a code come from err_code, pair by pair; all others from the
-- index on (run, id), which has this order. `is_repeated`: a later run rejected the same row again, for any reason, or
-- left out the same value again; links and files have no id, so their value counts. It is asked in the order of the
-- index on (in_table, in_id): with another one the server would read all later errors. Long messages are cut.
{% from "pairs.jinja" import is_seen, of_pair, pairs, within %}
{% if choice.is_of_pairs %}
with recursive {{ pairs(schema, choice) }},
found as (
    select f.run, f.id
    from pair p
    cross join lateral (
        select e.run, e.id
        from {{ schema | ident }}.err e
        where {{ of_pair(choice, after) }}
        order by e.in_table desc, e.code desc, e.run desc, e.id desc
        limit :limit
    ) f
    where {{ is_seen(choice) }}
    order by f.run desc, f.id desc
    limit :limit
)
{% elif choice.ids %}
with found as (
    select e.run, e.id from {{ schema | ident }}.err e where e.id = any(cast(:ids as bigint[]))
)
{% else %}
with found as (
    select e.run, e.id
    from {{ schema | ident }}.err e
    where {{ within(choice, after) }}
    order by e.run desc, e.id desc
    limit :limit
)
{% endif %}
select e.id, e.run, e.in_table, e.row_id, e.in_id, e.column_name, e.code, left(e.value, :width) as value, e.severity,
    case when char_length(e.message) > :message_width then left(e.message, :message_width) || '…' else e.message end
        as message,
    case when char_length(e.message_rus) > :message_width then left(e.message_rus, :message_width) || '…'
        else e.message_rus end as message_rus,
    e.created_at,
    coalesce((
        select true
        from {{ schema | ident }}.err n
        where (n.in_table, n.in_id) >= (e.in_table, e.in_id) and (n.in_table, n.in_id) <= (e.in_table, e.in_id)
          and n.run > e.run and n.severity = e.severity and (n.row_id is null) = (e.row_id is null)
          and case
              when e.row_id is not null and e.severity = 'error' then true
              else n.column_name is not distinct from e.column_name
                  and (e.row_id is not null or n.value is not distinct from e.value)
          end
        order by n.in_table, n.in_id
        limit 1
    ), false) as is_repeated
from found f
cross join lateral (select * from {{ schema | ident }}.err o where o.run = f.run and o.id = f.id limit 1) e
order by e.run desc, e.id desc

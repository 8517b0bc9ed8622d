-- Chosen errors, the newest first; the index on (run, id) has this order. `is_repeated`: a later run rejected the same
-- row again, for any reason, or left out the same value again; links and files have no id, so their value counts.
{% from "chosen.jinja" import chosen %}
select e.id, e.run, e.in_table, e.row_id, e.in_id, e.column_name, e.code, e.value, e.severity, e.message, e.message_rus,
    e.created_at,
    exists (
        select
        from {{ schema | ident }}.err n
        where n.in_table = e.in_table and n.in_id = e.in_id and n.run > e.run and n.severity = e.severity
          and (n.row_id is null) = (e.row_id is null)
          and case
              when e.row_id is not null and e.severity = 'error' then true
              else n.column_name is not distinct from e.column_name
                  and (e.row_id is not null or n.value is not distinct from e.value)
          end
    ) as is_repeated
from {{ schema | ident }}.err e
where {{ chosen(choice) }}
{% if after %}
  and (e.run, e.id) < (:after_run, :after_id)
{% endif %}
order by e.run desc, e.id desc
limit :limit

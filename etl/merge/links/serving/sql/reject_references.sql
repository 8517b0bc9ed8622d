-- References with an empty end, from versions that accepted such rows: rejected without waiting for their expiry.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends %}
with rejected as (
    delete from {{ store_schema | ident }}.boi_reference r
    where {{ of_table("r") }} and (r.owner_in_id = '' and r.owner = '' or r.target_value = '')
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since, r.origin,
        case
            when r.owner_in_id = '' and r.owner = '' then cast(:owner_column as text)
            else cast(:target_column as text)
        end as empty_column
),
noted as (
    {{ ended_links(store_schema, "rejected") }}
),
marked as (
{{ ended("rejected", "ERROR") }}
)
insert into {{ in_schema | ident }}.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, r.owner_in_id, r.empty_column, s.code,
    replace(s.sentence ->> 0, '{column}', r.empty_column), replace(s.sentence ->> 1, '{column}', r.empty_column),
    r.target_value, 'error'
from rejected r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'LINK_END_EMPTY'

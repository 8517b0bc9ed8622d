-- A reference that waited too long becomes an error row, and so does the partner's row: never silence. One with an empty
-- end, from when such rows were taken, need not wait so long.
{% from "ended.jinja" import ended with context %}
with expired as (
    delete from {{ store_schema | ident }}.boi_reference
    where bo = :bo and field = :field and target_bo = :target_bo
      and waiting_since < statement_timestamp()
          - case when '' in (owner_in_id, target_in_id) then interval '0' else make_interval(mins => :expiry_minutes) end
    returning
        owner_in_id, target_in_id,
        case when owner_in_id = '' then cast(:owner_column as text) else cast(:target_column as text) end as column_name,
        case when '' in (owner_in_id, target_in_id) then 'LINK_END_EMPTY' else 'REFERENCE_EXPIRED' end as code
),
marked as (
{{ ended("expired", "ERROR") }}
)
insert into {{ in_schema | ident }}.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, owner_in_id, column_name, s.code,
    replace(replace(s.sentence ->> 0, '{value}', target_in_id), '{column}', column_name),
    replace(replace(s.sentence ->> 1, '{value}', target_in_id), '{column}', column_name),
    target_in_id, 'error'
from expired
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = expired.code

-- A file that did not come in time becomes an error row, unless it is here now. For times in the future see
-- expire_references.
{% from "ended_waits.jinja" import ended_files %}
{% from "shown_value.jinja" import shown_value %}
with dated as (
    update {{ store_schema | ident }}.file_reference
    set waiting_since = statement_timestamp()
    where bo = :bo and field = :field and waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from {{ store_schema | ident }}.file_reference r
    where r.bo = :bo and r.field = :field
      and r.waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
      and not exists (select 1 from {{ store_schema | ident }}.file_alias a where a.file_id = r.file_id)
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since
),
noted as (
    {{ ended_files(store_schema, "expired") }}
)
insert into {{ in_schema | ident }}.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, :in_table, g._in_id, :field, s.code,
    replace(replace(s.sentence ->> 0, '{column}', :field), '{value}', {{ shown_value("e.file_id") }}),
    replace(replace(s.sentence ->> 1, '{column}', :field), '{value}', {{ shown_value("e.file_id") }}),
    e.file_id, 'error'
from expired e
join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = e.instance
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'FILE_UNKNOWN'

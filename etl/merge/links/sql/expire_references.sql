-- A reference that waited too long becomes an error row, and so does the partner's row. One that
-- waits since a time in the future was written while the clock was wrong: its time counts from now.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "said.jinja" import said %}
with dated as (
    update {{ store_schema | ident }}.boi_reference
    set waiting_since = statement_timestamp()
    where bo = :bo and field = :field and target_bo = :target_bo and waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from {{ store_schema | ident }}.boi_reference
    where bo = :bo and field = :field and target_bo = :target_bo
      and waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
    returning owner_in_id, target_in_id, linked_at, run, waiting_since
),
noted as (
    {{ ended_links(store_schema, "expired") }}
),
marked as (
{{ ended("expired", "ERROR") }}
)
insert into {{ in_schema | ident }}.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, owner_in_id, :target_column, s.code,
    replace(s.sentence ->> 0, '{value}', {{ said("target_in_id") }}), replace(s.sentence ->> 1, '{value}', {{ said("target_in_id") }}),
    target_in_id, 'error'
from expired
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'REFERENCE_EXPIRED'

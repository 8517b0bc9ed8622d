-- A reference that waited too long becomes an error row, and so does the partner's row. Records and rows have limits of
-- their own: a reference that the other ones gave is left to these. One that waits since a time in the future was
-- written while the clock was wrong: its time counts from now.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, shown_target %}
{% from "shown_value.jinja" import shown_value %}
with dated as (
    update {{ store_schema | ident }}.boi_reference r
    set waiting_since = statement_timestamp()
    where {{ of_table("r") }} and r.waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from {{ store_schema | ident }}.boi_reference r
    where {{ of_table("r") }} and r.waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
      and not exists (
          select from {{ store_schema | ident }}.unit u
          where u.number = r.run and u.kind {{ "<>" if is_batch else "=" }} 'batch'
      )
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    {{ ended_links(store_schema, "expired") }}
),
marked as (
{{ ended("expired", "ERROR") }}
)
insert into {{ in_schema | ident }}.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity{{ ", origin" if is_staged }})
select :run, :in_table, coalesce(nullif(e.owner_in_id, ''), o._in_id), :target_column, s.code,
    replace(s.sentence ->> 0, '{value}', {{ shown_value("e.target") }}),
    replace(s.sentence ->> 1, '{value}', {{ shown_value("e.target") }}),
    e.target, 'error'{{ ", e.origin" if is_staged }}
from (select x.owner_in_id, x.owner, {{ shown_target("x") }} as target, x.origin from expired x) e
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._id = e.owner
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'REFERENCE_EXPIRED'

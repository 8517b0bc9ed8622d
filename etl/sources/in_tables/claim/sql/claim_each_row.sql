-- Row by row, after claim_rows has met one that fills its page: claims the others, returns those without room.
{% from "chunk.jinja" import links_within %}
with tried as materialized (
    select i.id, i.in_id, pg_temp.claim_row(i.ctid) as outcome
    from {{ in_schema | ident }}.{{ table | ident }} i
    where i.in_status in ('', 'ON_WORK')
{% if part.first is not none or part.after is not none %}
      and (i.in_status = '' or i.occupied_id is distinct from :run){{ links_within(part, "i") }}
{% endif %}
),
named as (
    insert into {{ in_schema | ident }}.err (run, in_table, row_id, in_id, code, message, message_rus, severity)
    select :run, :in_table, t.id, t.in_id, s.code, s.sentence ->> 0, s.sentence ->> 1, 'error'
    from tried t
    join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'ROW_TOO_WIDE'
    where t.outcome = 'refused'
)
select count(*) as rows from tried where outcome = 'claimed'

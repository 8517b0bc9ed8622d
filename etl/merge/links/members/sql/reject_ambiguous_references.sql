-- A link that waits for any member, and now instances of several have what it names.
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, same_ends, shown_target %}
{% from "shown_value.jinja" import shown_value %}
with gone as (
    delete from {{ store_schema | ident }}.boi_reference r
    using hit h
    where {{ of_table("r") }}
      and {{ same_ends("r", "h") }} and cardinality(h.targets) > 1
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    {{ ended_links(store_schema, "gone") }}
)
insert into {{ in_schema | ident }}.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity{{ ", origin" if is_staged }})
select :run, :in_table, coalesce(nullif(e.owner_in_id, ''), o._in_id), :target_column, s.code,
    replace(replace(s.sentence ->> 0, '{column}', :target_column), '{value}', {{ shown_value("e.target") }}),
    replace(replace(s.sentence ->> 1, '{column}', :target_column), '{value}', {{ shown_value("e.target") }}),
    e.target, 'error'{{ ", e.origin" if is_staged }}
from (select x.owner_in_id, x.owner, {{ shown_target("x") }} as target, x.origin from gone x) e
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._id = e.owner
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'AMBIGUOUS'

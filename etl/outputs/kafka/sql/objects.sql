-- Instances of an object as they are now, in the order of their ids: those that changes between two snapshots name, or
-- all. Links are texts of four words: of which object the target is, whether the link itself has changed, how the
-- target is named, and its value. What changed has the time of the last unit that changed it. Names and targets may
-- come more than once: to sort them out for each instance takes longer than all the rest.
{% from "window.jinja" import window %}
{% from "values.jinja" import as_text, millis %}
{% from "links.jinja" import join_targets, target_name %}
{% macro has_changed(link, number) -%}
{% if link.is_set %}(c.is_new or c.targets_{{ number }} is not null)
{%- else %}(c.is_new or coalesce(l._target = any(c.targets_{{ number }}), false)){% endif %}
{%- endmacro %}
{% if not is_all %}
with touched as materialized (
    select j.instance,
        bool_or(j.field is null and j.change = 'created') as is_new,
        string_agg(array_to_string(array(select jsonb_object_keys(j.before)), ' '), ' ')
            filter (where j.field is null and j.before is not null) as changed,
{% for link in links %}
        array_agg(j.target) filter (where j.field = :link_{{ loop.index0 }}) as targets_{{ loop.index0 }},
{% endfor %}
        max(j.run) as unit
    from {{ store_schema | ident }}.journal j
    where j.bo = :bo and (j.field is null or j.field = any(cast(:links as text[])))
      and {{ window("j") }}
    group by j.instance
)
{% endif %}
{% for link in links %}
{{ "with" if is_all and loop.first else "," }} links_{{ loop.index0 }} as (
    select l._owner, cast(json_agg(
        l._target_bo || {{ " ' true ' " if is_all else " case when %s then ' true ' else ' false ' end"
            | format(has_changed(link, loop.index0)) }} || {{ target_name(link.targets, "l._target") }}
        order by l._target) as text) as links
{% if is_all %}
    from {{ store_schema | ident }}.{{ link.table | ident }} l
{% else %}
    from touched c
    join {{ store_schema | ident }}.{{ link.table | ident }} l on l._owner = c.instance
{% endif %}
    {{ join_targets(store_schema, link.targets, "l._target", "l._target_bo") }}
    where true
{% if removed == "state" %}
{# A REMOVED target is in no store that reads these records from the beginning: the link would wait in vain. #}
      and coalesce({{ range(link.targets | length) | each("t{0}._state") | comma_list }}) <> 'REMOVED'
{% elif not (is_all or is_full or link.is_repeated) %}
      and {{ has_changed(link, loop.index0) }}
{% endif %}
{% if has_start %}
      and l._owner > :after
{% endif %}
    group by l._owner
)
{% endfor %}
select g._id, g._in_id,
{% if removed == "archived" %}
    case g._state when 'REMOVED' then 'ARCHIVED' else g._state end as state,
{% else %}
    g._state,
{% endif %}
{% if is_all %}
    {{ millis("g._modified_at") }} as changed_at, false as is_new, null as changed, true
{% else %}
    {{ millis("coalesce(u.started_at, g._modified_at)") }} as changed_at, c.is_new, c.changed,
    {{ range(links | length) | each("c.targets_{0} is not null") | any_of }}
{% endif %}
{% for field in fields %},
{% if removed == "archived" and field.is_unique %}
{# A unique value that is another instance's by now stays with that one. #}
    case
        when g._state <> 'REMOVED' or not exists (
            select from {{ store_schema | ident }}.{{ table | ident }} o
            where o.{{ field.column }} = g.{{ field.column }} and o._id <> g._id
        )
        then {{ as_text("g." ~ field.column, field.kind) }}
    end
{% else %}
    {{ as_text("g." ~ field.column, field.kind) }}
{% endif %}
{% endfor %}
{% for link in links %},
    links_{{ loop.index0 }}.links
{% endfor %}
{% if has_unlinks %}
{% for link in links %},
    (
        select cast(json_agg(
            case
{% for target in link.targets %}
                when t{{ loop.index0 }}._id is not null then {{ target.code | literal }}
{% endfor %}
                else ''
            end || ' true ' || {{ target_name(link.targets, "e.target") }} order by e.target) as text)
        from (select distinct target from unnest(c.targets_{{ loop.index0 }}) e (target)) e
        {{ join_targets(store_schema, link.targets, "e.target") }}
        where not exists (
            select from {{ store_schema | ident }}.{{ link.table | ident }} l
            where l._owner = g._id and l._target = e.target
        )
    )
{% endfor %}
{% endif %}
{% if is_all %}
from {{ store_schema | ident }}.{{ table | ident }} g
{% else %}
from touched c
join {{ store_schema | ident }}.{{ table | ident }} g on g._id = c.instance
left join {{ store_schema | ident }}.unit u on u.number = c.unit
{% endif %}
{% for link in links %}
left join links_{{ loop.index0 }} on links_{{ loop.index0 }}._owner = g._id
{% endfor %}
where true
{% if removed == "only" %}
  and g._state = 'REMOVED'
{% endif %}
{% if has_start %}
  and g._id > :after
{% endif %}
order by g._id

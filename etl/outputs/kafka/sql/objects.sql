-- Instances of an object as they are now, in the order of their ids: those that changes between two snapshots name, or
-- all. Links are JSON: of which object the target is, how it is named, and whether the link itself has changed. What
-- changed has the time of the last unit that changed it.
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
        array_agg(distinct k.name) filter (where k.name is not null) as changed,
{% for link in links %}
        array_agg(distinct j.target) filter (where j.field = :link_{{ loop.index0 }}) as targets_{{ loop.index0 }},
{% endfor %}
        max(j.run) as unit
    from {{ store_schema | ident }}.journal j
    left join lateral jsonb_object_keys(j.before) k (name) on j.field is null
    where j.bo = :bo and (j.field is null or j.field = any(cast(:links as text[])))
      and {{ window("j") }}
    group by j.instance
)
{% endif %}
select g._id, g._in_id, g._state,
{% if is_all %}
    {{ millis("g._modified_at") }} as changed_at, false as is_new, null as changed, true
{% else %}
    {{ millis("coalesce(u.started_at, g._modified_at)") }} as changed_at, c.is_new, c.changed,
    {{ range(links | length) | each("c.targets_{0} is not null") | any_of }}
{% endif %}
{% for field in fields %},
    {{ as_text("g." ~ field.column, field.kind) }}
{% endfor %}
{% for link in links %},
    (
        select cast(json_agg(json_build_array(l._target_bo, {{ target_name(link.targets, "l._target") }},
{% if is_all %}
            true
{% else %}
            {{ has_changed(link, loop.index0) }}
{% endif %}
            ) order by l._target) as text)
        from {{ store_schema | ident }}.{{ link.table | ident }} l
        {{ join_targets(store_schema, link.targets, "l._target", "l._target_bo") }}
        where l._owner = g._id
{% if is_all %}
{# A REMOVED target is in no store that reads these records from the beginning: the link would wait in vain. #}
          and coalesce({{ range(link.targets | length) | each("t{0}._state") | comma_list }}) <> 'REMOVED'
{% elif not (is_full or link.is_repeated) %}
          and {{ has_changed(link, loop.index0) }}
{% endif %}
    )
{% endfor %}
{% if has_unlinks %}
{% for link in links %},
    (
        select cast(json_agg(json_build_array(
            case
{% for target in link.targets %}
                when t{{ loop.index0 }}._id is not null then {{ target.code | literal }}
{% endfor %}
            end,
            {{ target_name(link.targets, "e.target") }}, true) order by e.target) as text)
        from unnest(c.targets_{{ loop.index0 }}) e (target)
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
where true
{% else %}
from touched c
join {{ store_schema | ident }}.{{ table | ident }} g on g._id = c.instance
left join {{ store_schema | ident }}.unit u on u.number = c.unit
where true
{% endif %}
{% if has_start %}
  and g._id > :after
{% endif %}
order by g._id

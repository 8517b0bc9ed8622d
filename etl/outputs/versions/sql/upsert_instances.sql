-- Changed instances as they are now. Of a large window what was created is inserted as new rows: to look for each of
-- them first would cost half as much again. That fails when a filling or a comparison was ahead of the journal, so that
-- one of them is there, or when the journal says of one of them twice that it was created.
{% from "window.jinja" import window %}
{% from "instances.jinja" import golden_instances, into_instances, when_different %}
{{ into_instances(out_schema, out_table, columns) }} (
{% if part == "created" %}
{# A join: of instances in a list the planner would expect 200, and look for each by the index. #}
{{ golden_instances(store_schema, golden, values, hidden, ", %s.journal j" | format(store_schema | ident)) }}
  and j.instance = g._id and j.bo = :bo and j.field is null and j.change = 'created'
  and {{ window("j") }}
) s
{% else %}
{{ golden_instances(store_schema, golden, values, hidden) }}
  and g._id in (
      select j.instance
      from {{ store_schema | ident }}.journal j
      where j.bo = :bo and j.field is null{{ " and j.change <> 'created'" if part == "others" }}
      and {{ window("j") }}
  )
) s
{{ when_different(columns) }}
{% endif %}

-- Instances that a large window has created, as new rows: to look for each of them first would cost half as much again.
-- Fails when a filling or a comparison was ahead of the journal, so that one of them is there.
{% from "window.jinja" import window %}
{% from "instances.jinja" import golden_instances, into_instances %}
{{ into_instances(out_schema, out_table, columns) }} (
{{ golden_instances(store_schema, golden, values, hidden) }}
  and g._id in (
      select j.instance
      from {{ store_schema | ident }}.journal j
      where j.bo = :bo and j.field is null and j.change = 'created'
      and {{ window("j") }}
  )
) s

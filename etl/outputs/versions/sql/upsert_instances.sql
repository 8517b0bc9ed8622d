-- Changed instances as they are now. Of a large window what was created is inserted as new rows: to look for each of
-- them first would cost half as much again. That fails when a filling or a comparison was ahead of the journal, so that
-- one of them is there.
{% from "window.jinja" import window %}
{% from "instances.jinja" import golden_instances, into_instances, when_different %}
{% set changes = {"all": "", "created": " and j.change = 'created'", "others": " and j.change <> 'created'"} %}
{{ into_instances(out_schema, out_table, columns) }} (
{{ golden_instances(store_schema, golden, values, hidden) }}
  and g._id in (
      select j.instance
      from {{ store_schema | ident }}.journal j
      where j.bo = :bo and j.field is null{{ changes[part] }}
      and {{ window("j") }}
  )
) s
{{ when_different(columns) if part != "created" }}

-- Changed instances as they are now; without those that `insert_instances` has inserted.
{% from "window.jinja" import window %}
{% from "instances.jinja" import golden_instances, into_instances, when_different %}
{{ into_instances(out_schema, out_table, columns) }} (
{{ golden_instances(store_schema, golden, values, hidden) }}
  and g._id in (
      select j.instance
      from {{ store_schema | ident }}.journal j
      where j.bo = :bo and j.field is null{{ " and j.change <> 'created'" if are_inserted }}
      and {{ window("j") }}
  )
) s
{{ when_different(columns) }}

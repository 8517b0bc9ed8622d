-- Files that arrived go into the fields that waited for them.
{% from "ended_waits.jinja" import ended_files %}
with arrived as (
    delete from {{ store_schema | ident }}.file_reference r
    using {{ store_schema | ident }}.file_alias a
    where r.bo = :bo and r.field = :field and a.file_id = r.file_id
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since, a.file
),
noted as (
    {{ ended_files(store_schema, "arrived") }}
),
changed as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set {{ column }} = a.file, _modified_at = :started_at, _in_migrated_at = :started_at
    from arrived a
    join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = a.instance
    where g._id = o._id and o.{{ column }} is distinct from a.file
    returning g._id, jsonb_build_object('{{ name }}', o.{{ column }}) as before, a.file_id as origin
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before, origin)
select :run, :bo, _id, 'changed', before, origin from changed

-- Instances whose rows changed nothing still get their in-migration time, where a reader can see it.
{% from "origin.jinja" import row_origin with context %}
with touched as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set _in_migrated_at = :started_at
{% if is_staged %}
    from pg_temp.mark m
    join pg_temp.{{ in_table | ident }} i on i.id = m.id
    where m.in_status = 'DONE' and g._id = m.out_id collate "C"
{% else %}
    from {{ in_schema | ident }}.{{ in_table | ident }} i
    where i.occupied_id = :run and i.in_status = 'DONE' and g._id = i.out_id collate "C"
{% endif %}
      and g._in_migrated_at is distinct from :started_at
    returning g._id, {{ row_origin("i", "id") }} as origin
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, origin)
select :run, :bo, _id, 'touched', origin from touched

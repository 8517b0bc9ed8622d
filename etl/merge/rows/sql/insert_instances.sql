-- New instances, in the order of their external id, as the stage has them: the unique index on it is the expensive part
-- of an insert. Nothing else decides which rows are created, so the journal need not wait for them.
{% from "origin.jinja" import row_origin with context %}
with created as (
    insert into {{ store_schema | ident }}.{{ golden | ident }}
        (_id, _in_id, {{ "_state, " if is_staged }}_created_at, _modified_at, _in_migrated_at
        {{- ", " if fields }}{{ fields | map(attribute="column") | comma_list }})
    select
        _instance, _in_id, {{ "_state, " if is_staged }}:started_at, :started_at, :started_at
        {{- ", " if fields }}{{ fields | map(attribute="column") | comma_list }}
    from stage
    where _action = 'created'
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, origin)
select :run, :bo, s._instance, 'created', {{ row_origin("s") }} from stage s where s._action = 'created'

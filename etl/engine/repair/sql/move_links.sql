-- Links from or to the other instance are of the one that stays: not where it has the same one, where it would lead to
-- itself, or where it has one already and the field takes one.
{% set end, far = ("_target", "_owner") if is_target else ("_owner", "_target") %}
with gone as (
    delete from {{ store_schema | ident }}.{{ table | ident }} g
    where g.{{ end }} = :absorbed
    returning g._owner, g._target, g._target_bo, g._linked_at
),
made as (
    insert into {{ store_schema | ident }}.{{ table | ident }} (_owner, _target, _target_bo, _linked_at)
    select {{ "g._owner, :kept" if is_target else ":kept, g._target" }}, g._target_bo, g._linked_at
    from gone g
    where g.{{ far }} <> :kept
{% if is_single and not is_target %}
      and not exists (select from {{ store_schema | ident }}.{{ table | ident }} o where o._owner = :kept)
{% endif %}
    on conflict do nothing
    returning _owner, _target
),
noted as (
    insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change, before)
    select :run, :link_bo, :link_field, _owner, _target, 'unlinked',
        jsonb_build_object('_target_bo', _target_bo, '_linked_at', _linked_at)
    from gone
    union all
    select :run, :link_bo, :link_field, _owner, _target, 'linked', null from made
)
select count(*) as rows from made

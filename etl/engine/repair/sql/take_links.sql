-- Links that rows with the id made, as the journal has it: they are of the new instance.
{% set end, far, at = ("_target", "_owner", 1) if is_target else ("_owner", "_target", 0) %}
with own as materialized (
    select distinct j.instance as owner, j.target
    from {{ store_schema | ident }}.journal j
    where j.bo = :link_bo and j.field = :link_field and j.change = 'linked'
      and j.{{ "target" if is_target else "instance" }} = :kept
      and case when left(j.origin, 1) = '[' then cast(j.origin as jsonb) ->> {{ at }} = :in_id end
      and not exists (
          select from {{ store_schema | ident }}.journal l
          where l.bo = j.bo and l.field = j.field and l.instance = j.instance and l.target = j.target
            and l.change = 'linked' and l.n > j.n
      )
),
gone as (
    delete from {{ store_schema | ident }}.{{ table | ident }} g
    using own
    where g._owner = own.owner and g._target = own.target
    returning g._owner, g._target, g._target_bo, g._linked_at
),
made as (
    insert into {{ store_schema | ident }}.{{ table | ident }} (_owner, _target, _target_bo, _linked_at)
    select {{ "_owner, :other" if is_target else ":other, _target" }}, _target_bo, _linked_at from gone
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

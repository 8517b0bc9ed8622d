-- References of this link table that one of the unserved arrivals has waited for, if both ends are there now. Also
-- those that an undo has restored, as soon as both ends are live: instances that it removed may return. Arrivals come
-- from the journal, not from the in_ tables, which the partner may change; so the cost depends on the arrivals. Where
-- their start is unknown (`looks_at_all`: the first run, and the first one after a restore) every reference is looked
-- at.
{% from "origin.jinja" import ends_origin %}
create temporary table stage on commit drop as
{% if looks_at_all %}
with near as materialized (
    select r.owner_in_id, r.target_in_id, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
)
{% else %}
with arrived as materialized (
    select j.bo, g._in_id as in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ target_golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :target_bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select a.bo, a.in_id from {{ store_schema | ident }}.alias a where a.bo in (:bo, :target_bo)
),
near as materialized (
    select r.owner_in_id, r.target_in_id, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r
        on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner_in_id = a.in_id
    where a.bo = :bo
    union
    select r.owner_in_id, r.target_in_id, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r
        on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.target_in_id = a.in_id
    where a.bo = :target_bo
    union
    select r.owner_in_id, r.target_in_id, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where r.restored_by is not null and r.bo = :bo and r.field = :field and r.target_bo = :target_bo
)
{% endif %}
select
    r.owner_in_id, r.target_in_id, r.linked_at, coalesce(o._id, oa.instance) as owner, coalesce(t._id, ta.instance) as target{% if has_origin %},
    {{ ends_origin("r.owner_in_id", "r.target_in_id") }} as _origin{% endif %}

from near r
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = r.owner_in_id
left join {{ store_schema | ident }}.{{ target_golden | ident }} t on t._in_id = r.target_in_id
left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = r.owner_in_id
left join {{ store_schema | ident }}.alias ta on ta.bo = :target_bo and ta.in_id = r.target_in_id
where coalesce(o._id, oa.instance) is not null and coalesce(t._id, ta.instance) is not null
  and (
      r.restored_by is null
      or not exists (
          select from {{ store_schema | ident }}.{{ owner_golden | ident }} g
          where g._id = coalesce(o._id, oa.instance) and g._state = 'REMOVED'
      )
      and not exists (
          select from {{ store_schema | ident }}.{{ target_golden | ident }} g
          where g._id = coalesce(t._id, ta.instance) and g._state = 'REMOVED'
      )
  )

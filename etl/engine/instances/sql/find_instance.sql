-- The instance that an external id means, by its own row or by a further id of it; else the one with this id in the
-- store, or with this value of a unique field, by the index of that. A REMOVED one holds no unique value.
select b._id as id, b._in_id as in_id, b._state as state, b._created_at as created_at, b._modified_at as modified_at,
    b._modified_by as modified_by, b._in_migrated_at as migrated_at, f.found_by
from (
    select o._id as instance, 1 as rank, '_in_id' as found_by
    from {{ store_schema | ident }}.{{ golden | ident }} o where o._in_id = :named
    union all
    select a.instance, 2, 'alias' from {{ store_schema | ident }}.alias a where a.bo = :bo and a.in_id = :named
    union all
    select i._id, 3, '_id' from {{ store_schema | ident }}.{{ golden | ident }} i where i._id = :named
{% for one in unique %}
    union all
    select u._id, {{ 4 + loop.index0 }}, {{ one.name | literal }}
    from {{ store_schema | ident }}.{{ golden | ident }} u
    where u._state <> 'REMOVED'
{% if one.ignores_case %}
      and lower(u.{{ one.name | ident }}) = lower(cast(:named as text))
{% elif one.sql_type %}
      and u.{{ one.name | ident }} = cast(:number as numeric)
{% else %}
      and u.{{ one.name | ident }} = :named
{% endif %}
{% endfor %}
) f
join {{ store_schema | ident }}.{{ golden | ident }} b on b._id = f.instance
order by f.rank
limit 1

-- Fields that are empty in the instance that stays get the value of the other one, and so do those that are pinned in
-- the other one alone; what is pinned in the one that stays is left as it is.
{% from "before.jinja" import before %}
with pinned as (
    select
        array(select p.field from {{ store_schema | ident }}.pin p where p.bo = :bo and p.instance = :kept) as kept,
        array(select p.field from {{ store_schema | ident }}.pin p where p.bo = :bo and p.instance = :absorbed) as other
),
filled as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set _modified_at = :at, {{ fields | each("{0.column} = v.{0.column}") | comma_list }}
    from {{ store_schema | ident }}.{{ golden | ident }} o
    cross join pinned p
    join {{ store_schema | ident }}.{{ golden | ident }} a on a._id = :absorbed
    cross join lateral (
        select
{% for field in fields %}
            case
                when '{{ field.name }}' = any(p.kept) then o.{{ field.column }}
                when '{{ field.name }}' = any(p.other) then a.{{ field.column }}
                else coalesce(o.{{ field.column }}, a.{{ field.column }})
            end as {{ field.column }}{{ "," if not loop.last }}
{% endfor %}
    ) v
    where g._id = :kept and o._id = g._id
      and {{ fields | each("o.{0.column} is distinct from v.{0.column}") | any_of }}
    returning g._id, {{ before(fields) }} as before
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
select :run, :bo, _id, 'changed', before from filled

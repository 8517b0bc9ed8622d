-- Fields that are empty in the instance that stays get the value of the other one.
{% from "before.jinja" import before %}
with filled as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set _modified_at = :at, {{ fields | each("{0.column} = coalesce(o.{0.column}, a.{0.column})") | comma_list }}
    from {{ store_schema | ident }}.{{ golden | ident }} o, {{ store_schema | ident }}.{{ golden | ident }} a
    where g._id = :kept and o._id = g._id and a._id = :absorbed
      and {{ fields | each("(o.{0.column} is null and a.{0.column} is not null)") | any_of }}
    returning g._id, {{ before(fields) }} as before
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
select :run, :bo, _id, 'changed', before from filled

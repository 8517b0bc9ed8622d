-- An older program may have cleaned the table since its rows were copied. `target`: a partition, as the rule of the
-- whole table lets nothing be deleted.
delete from {{ schema | ident }}.{{ target | ident }} t
{% if follow == "number" %}
where not exists (
    select from {{ schema | ident }}.{{ source | ident }} o where o.{{ number | ident }} = t.{{ number | ident }}
)
{% else %}
-- The oldest ones, and of those of one transaction some; or all of them.
using (
    select (
        select o.written_by from {{ schema | ident }}.{{ source | ident }} o order by o.written_by limit 1
    ) as oldest
) s
where s.oldest is null
   or t.written_by < s.oldest
   or t.written_by = s.oldest
  and not exists (
      select
      from {{ schema | ident }}.{{ source | ident }} o
      where o.written_by = s.oldest and o.{{ number | ident }} = t.{{ number | ident }}
  )
{% endif %}

-- A row that gives a value which another instance has is refused too where a later row of its own instance gives
-- another one: where no row of that instance gives the value up, or an earlier row gives it to that instance. A row
-- that comes while its own instance is REMOVED wants nothing.
{% from "group_order.jinja" import sets_value, givers %}
{% from "reject_rows.jinja" import reject_rows %}
with
accepted as materialized (
    select d.*
    from (
        select
            d.*,
            max(d._row) filter (where d._removed or d._given_state is not null)
                over (partition by d._group order by d._row) as _state_row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
    ) d
    left join duplicate t on t._row = d._state_row
    where case when t._removed then 'REMOVED' else coalesce(t._given_state, d._known_state, 'ACTUAL') end <> 'REMOVED'
),
given as materialized (
{% for field in unique %}
    {{ "union all" if not loop.first }}
    select d._row, d._group, '{{ field.short }}' as field,
        cast({{ field.compared("d." ~ field.column) }} as text) as value,
        d._holder_{{ field.short }} as holder
    from accepted d
    where {{ sets_value(field, "d") }} and d.{{ field.column }} is not null
{% endfor %}
),
latest as materialized (
{{ givers(unique, "max") }}
),
overwritten as (
{% for field in unique %}
    {{ "union all" if not loop.first }}
    select o._row, o.field
    from given o
    where o.field = '{{ field.short }}' and o.holder is not null
      and not exists (
          select from stage h
          where h._known = o.holder and h._gives_{{ field.short }} and h._action in ('changed', 'removed')
      )
      and not exists (
          select from duplicate h join stage s on s._row = h._row and s._action <> 'rejected'
          where h._known = o.holder and h._gives_{{ field.short }}
      )
    union all
    select o._row, o.field
    from given o
    join stage w
        on w._wants_{{ field.short }} = o.value and w._group <> o._group and w._action in ('created', 'changed')
    left join latest f on f._group = w._group and f.field = o.field and f.value = o.value
    where o.field = '{{ field.short }}' and coalesce(f._row, w._row) < o._row
{% endfor %}
)
{{ reject_rows(unique, "overwritten") }}

-- Of several instances that want one value that of the first row with it gets it; in a source without order that of
-- the lowest external id.
{% from "group_order.jinja" import givers %}
update value_claim w
set is_refused = true
from (
    select c._row, c.field, rank() over (
        partition by c.field, c.value
        order by {{ "coalesce(d._row, c._row)" if is_ordered else "c._in_id nulls last, c._row" }}
    ) as n
    from value_claim c
    left join (
{{ givers(unique, "min") }}
    ) d on d._group = c._group and d.field = c.field and d.value = c.value
) r
where r.n > 1 and w._row = r._row and w.field = r.field

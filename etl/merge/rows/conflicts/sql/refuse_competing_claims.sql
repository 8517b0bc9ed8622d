-- Of several rows that want one value the one with the lowest external id gets it; one without comes last.
update value_claim w
set is_refused = true
from (
    select _row, field, rank() over (partition by field, value order by _is_weak, _in_id nulls last, _known) as n
    from value_claim
    where _row not in (select _row from value_claim where is_refused)
) r
where r.n > 1 and w._row = r._row and w.field = r.field

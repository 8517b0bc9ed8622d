-- Of several that want one value the row with the lowest external id gets it, one that has none comes last.
update wish w
set is_refused = true
from (
    select _row, k, rank() over (partition by k, value order by _is_weak, _in_id nulls last, _known) as n
    from wish
    where _row not in (select _row from wish where is_refused)
) r
where r.n > 1 and w._row = r._row and w.k = r.k

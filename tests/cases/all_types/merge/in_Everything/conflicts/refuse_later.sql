-- The last pass: rows that would have to wait for another pass are refused.
update stage s
set _action = 'rejected', _fault = 'TOO_MANY_DUPLICATES', _instance = null
from (select _row
from (
    select _row, _is_weak, rank() over (partition by _known order by _is_weak, case when _is_weak then _in_id end) as n
    from stage
    where _known is not null and not (_is_weak and _action = 'rejected')
) named
where _is_weak and n > 1
) t
where t._row = s._row
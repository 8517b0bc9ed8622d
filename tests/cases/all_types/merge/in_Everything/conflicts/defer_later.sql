-- Leaves these rows to the next pass, and notes them.
with left_out as (
    delete from stage s
    using (select _row
from (
    select _row, _is_weak, rank() over (partition by _known order by _is_weak, case when _is_weak then _in_id end) as n
    from stage
    where _known is not null and not (_is_weak and _action = 'rejected')
) named
where _is_weak and n > 1
) t
    where t._row = s._row
    returning s._row
)
insert into later
select _row from left_out
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
union
select _row
from (
    select _row, rank() over (partition by instance order by _in_id) as n
    from (
        select _row, _in_id, _known as instance from stage
        where _known is not null and _is_weak and _action <> 'rejected'
        union all
        select _row, _in_id, _holder_mig1 from stage
        where _holder_mig1 is not null and _is_weak and _action <> 'rejected'
    ) touched
) met
where n > 1
union
select _row
from (
    select _row, _is_weak,
        rank() over (partition by _wants_mig1 order by _is_weak, case when _is_weak then _in_id end) as n
    from stage
    where _wants_mig1 is not null and not (_is_weak and _action = 'rejected')
) wanted
where _is_weak and n > 1
) t
    where t._row = s._row
    returning s._row
)
insert into later
select _row from left_out
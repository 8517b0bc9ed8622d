-- Slices become values again.
update {{ schema | ident }}.{{ golden | ident }} m
set {{ column.name | ident }} = w.value
from (
    select id, convert_from(string_agg(part, cast('' as bytea) order by n), 'UTF8') as value
    from pg_temp.slice
    where ordinal = :ordinal
    group by id
) w
where m._id = w.id

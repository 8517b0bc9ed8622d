-- As states_of_rows; a link row is found by its ends, and has no id of the run that took it.
select e.id, cast(l.in_status as text) as in_status, l.in_status = 'DONE' as is_later
from unnest(cast(:ids as bigint[]), cast(:in_ids as text[]), cast(:ends as text[])) as e (id, in_id, target)
join {{ in_schema | ident }}.{{ table | ident }} l
    on l.{{ link.owner_column | ident }} = e.in_id and l.{{ link.target_column | ident }} = e.target

-- As states_of_rows; every run tries a refused content again until it is taken.
select e.id, case when f.uploaded then 'DONE' else 'ERROR' end as in_status, coalesce(f.uploaded, false) as is_later
from unnest(cast(:ids as bigint[]), cast(:in_ids as text[])) as e (id, in_id)
join {{ in_schema | ident }}.{{ table | ident }} f on f.file_id = e.in_id

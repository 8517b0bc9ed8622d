-- What this source has brought: later full sets remove those of it that they do not have. In the order of the index: in
-- any other one, and asking for each id whether another session has just inserted it, 300,000 took five times as long.
insert into {{ store_schema | ident }}.full_set_id (source, bo, in_id, run)
select distinct :source, :bo, p.in_id, cast(:run as bigint)
from pg_temp.present p
where p.in_id is not null and not p.removed and not exists (
    select from {{ store_schema | ident }}.full_set_id f
    where f.source = :source and f.bo = :bo and f.in_id = p.in_id
)
order by p.in_id

-- What the partner calls the files of the instances, and those that they wait for.
select a.file_id from {{ store_schema | ident }}.file_alias a where a.file = any(cast(:files as text[]))
union
select e.file_id from {{ store_schema | ident }}.ended_file_alias e where e.file = any(cast(:files as text[]))
union
select r.file_id
from {{ store_schema | ident }}.file_reference r
where r.bo = :bo and r.instance = any(cast(:instances as text[]))
union
select e.file_id
from {{ store_schema | ident }}.ended_file_reference e
where e.bo = :bo and e.instance = any(cast(:instances as text[]))

-- How many rows one run had of all in_ tables together; no row where it has no receipts.
select max(r.finished_at) as finished_at, cast(sum(r.claimed) as bigint) as rows,
    cast(sum(r.rejected) as bigint) as rejected
from {{ in_schema | ident }}.migration_receipt r
where r.run = :run
having count(*) > 0

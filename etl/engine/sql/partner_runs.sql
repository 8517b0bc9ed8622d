-- The receipts of some in_ tables, of the newest runs with rows of them, or those before a number, one of a number, or
-- those that began within a span.
{% from "receipt_start.jinja" import began %}
with runs as (
    select distinct n.run
    from {{ schema | ident }}.migration_receipt n
    where n.in_table = any(cast(:tables as text[])) and n.claimed > 0
      and (cast(:run as bigint) is null or n.run = :run)
      and (cast(:before as bigint) is null or n.run < :before)
      and (cast(:begun_since as timestamp with time zone) is null or {{ began("n") }} >= :begun_since)
      and (cast(:begun_before as timestamp with time zone) is null or {{ began("n") }} < :begun_before)
    order by n.run desc
    limit :limit
)
select r.run, r.in_table, r.claimed, r.created, r.changed, r.unchanged, r.removed, r.rejected, r.waiting, r.vanished,
    r.released, {{ began("r") }} as started_at, r.finished_at
from {{ schema | ident }}.migration_receipt r
where r.run in (select run from runs) and r.in_table = any(cast(:tables as text[]))
order by r.run desc, r.ordinal

-- The runs of some days, whose numbers begin with their time in milliseconds.
select distinct r.run
from {{ in_schema | ident }}.migration_receipt r
where r.run >= (cast(extract(epoch from now()) * 1000 as bigint) - cast(:days as bigint) * 86400000) << 20

-- Rows whose conflicts are resolved together must not change meanwhile. Counts those unchanged; the others are staged
-- again.
with locked as materialized (
    select i.id
    from in_tables.in_For_migration i
    join stage s on i.ctid = s._source_row and i.xmin = s._version
    where true and i.id >= :first and i.id < :after
    for update of i
)
select count(*) as rows from locked
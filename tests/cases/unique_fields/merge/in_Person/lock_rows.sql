-- Rows that are judged together must stand as they are until it is done. Counts those that do; the others are staged again.
with locked as materialized (
    select i.id
    from in_tables.in_Person i
    join stage s on i.ctid = s._place and i.xmin = s._version
    where true and i.id >= :first and i.id < :after
    for update of i
)
select count(*) as rows from locked
-- If other sessions change rows while conflicts are resolved, the whole chunk is locked before it is staged again.
with locked as materialized (
    select i.id
    from in_tables.in_Everything i
    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
    for update of i
)
select count(*) as rows from locked
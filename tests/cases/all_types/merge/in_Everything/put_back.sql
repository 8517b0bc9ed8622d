-- Rows that were passed though another row names their instance, which is left to the stage: they go there too.
-- The statistics are those of the claim and know no row that is done. So the status is asked in a way of which the
-- planner has none: else it takes the passed rows for a handful, and compares each with all that remain.
with
overtaken as (
    select i.id
    from remaining r join in_tables.in_Everything i on i.in_id = r.in_id
    where i.occupied_id = :run and case when i.in_status = 'DONE' then true else false end and i.id >= :first and i.id < :after
    union
    select i.id
    from remaining r join in_tables.in_Everything i on i.out_id = r.instance
    where i.occupied_id = :run and case when i.in_status = 'DONE' then true else false end and i.id >= :first and i.id < :after
),
back as (
    update in_tables.in_Everything i
    set in_status = 'ON_WORK'
    from overtaken o
    where i.id = o.id
    returning i.id
)
insert into remaining (id) select id from back
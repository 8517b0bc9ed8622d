-- Rows that were passed although another row, which the stage merges, names their instance: the stage merges them too.
-- The statistics are from the claim, without any done row. So the condition on the status is written in a form for
-- which the planner has none: else it estimates few passed rows, and compares each with all that remain.
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
-- The newest run of an import that the store knows (0 before the first), and the tasks of a run whose effects are here.
select coalesce((select unit from {{ store_schema | ident }}.store_fence where source = :source), 0) as unit, array(
    select seq from {{ store_schema | ident }}.remote_task where run = :run order by seq
) as tasks

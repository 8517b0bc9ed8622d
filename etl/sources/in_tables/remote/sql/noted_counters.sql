-- The counters of an earlier try of this task that was committed here and not in the import's database.
select counters from {{ store_schema | ident }}.remote_task where run = :run and seq = :seq

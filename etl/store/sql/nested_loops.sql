-- For statements that read a whole table once: where statistics are older than the newest rows, the planner may take them
-- for a few and read the table again for each.
select set_config('enable_nestloop', :setting, true)

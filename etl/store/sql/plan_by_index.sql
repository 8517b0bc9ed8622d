-- For the rest of the transaction, or until it is reset: fresh tables have no statistics by which the planner could
-- know that few rows meet large tables here.
select
    set_config('enable_seqscan', :setting, true), set_config('enable_hashjoin', :setting, true),
    set_config('enable_mergejoin', :setting, true)

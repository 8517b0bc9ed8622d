-- The objects of which the run has taken a full set. Not asked of process_expected, whose rows the partner may delete.
select bo from {{ store_schema | ident }}.full_set where source = :source and run = :run

-- Which undo has taken which run back, the newest first.
select as_run, run from {{ store_schema | ident }}.undone_run order by as_run desc

-- Which undo has undone which run, the newest first.
select as_run, run from {{ store_schema | ident }}.undone_run order by as_run desc

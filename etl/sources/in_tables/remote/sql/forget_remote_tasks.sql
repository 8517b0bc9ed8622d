-- Rows of tasks of earlier runs, which are over.
with marks as (delete from {{ store_schema | ident }}.remote_mark where run < :run),
errors as (delete from {{ store_schema | ident }}.remote_err where run < :run)
delete from {{ store_schema | ident }}.remote_task where run < :run

-- See clean_runs.
delete from {{ schema | ident }}.relay_run where run < :before

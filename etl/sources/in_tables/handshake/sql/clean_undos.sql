-- See clean_runs.
delete from {{ schema | ident }}.relay_undo where as_run < :before

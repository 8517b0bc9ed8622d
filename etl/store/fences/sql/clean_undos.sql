-- See clean_runs.
delete from {{ schema | ident }}.remote_undo where as_run < :before

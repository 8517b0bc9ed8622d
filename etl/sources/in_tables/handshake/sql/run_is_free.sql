-- Waits for nobody: an error if somebody holds the row, or the table (see lock_run).
select 1 from {{ schema | ident }}.run where id = :run for update nowait

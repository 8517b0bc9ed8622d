-- Does not wait: an error if another session locks the row, or the table (see lock_run).
select 1 from {{ schema | ident }}.run where id = :run for update nowait

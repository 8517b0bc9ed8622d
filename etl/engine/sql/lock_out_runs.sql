-- No runner acquires a run before the transaction ends: they wait for this row.
select fence from {{ schema | ident }}.run_fence for update

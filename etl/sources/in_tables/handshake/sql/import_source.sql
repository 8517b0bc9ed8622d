-- Who this import is at the store.
select source from {{ schema | ident }}.run_fence

-- Nobody wins a run before the transaction ends: contenders queue here.
select fence from {{ schema | ident }}.run_fence for update

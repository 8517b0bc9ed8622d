-- Contenders queue here, one transaction at a time; tasks of a living owner hold it `for share`.
select fence from {{ schema | ident }}.run_fence for update

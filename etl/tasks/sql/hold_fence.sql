-- The first statement of every task: while the task's transaction lives, no heir can raise the fence, and once an heir
-- did, this finds no row.
select 1 from {{ schema | ident }}.run_fence where fence = :fence for share

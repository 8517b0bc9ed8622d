-- The highest number of a run that was let in.
select run from {{ schema | ident }}.store_fence

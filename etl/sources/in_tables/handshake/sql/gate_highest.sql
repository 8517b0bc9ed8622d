-- The highest number of a run that raised the fence.
select run from {{ schema | ident }}.relay_gate

-- No token of the original is valid here.
update {{ schema | ident }}.run_fence set fence = fence + 1

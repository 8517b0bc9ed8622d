-- No token of the original is valid here.
update {{ schema | ident }}.store_fence set fence = fence + 1

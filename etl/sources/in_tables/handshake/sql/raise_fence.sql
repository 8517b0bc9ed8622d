-- The token only ever rises.
update {{ schema | ident }}.run_fence set fence = fence + 1 returning fence

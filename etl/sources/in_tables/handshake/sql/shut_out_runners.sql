-- No runner that has a token may write any more, not even a frozen one; who takes the run over gets a higher token.
update {{ schema | ident }}.run_fence set fence = fence + 1

-- A migration may change this table: who waits for the row of a runner or of another upgrade would hold a lock of the
-- table meanwhile, for which the change would wait in turn.
lock table {{ schema | ident }}.run_fence in access exclusive mode

-- As a source at its fence: an undo waits for this transaction, and this one for an undo. In a statement of its own, so
-- that the positions are read after the wait.
lock table {{ schema | ident }}.store_fence in row share mode

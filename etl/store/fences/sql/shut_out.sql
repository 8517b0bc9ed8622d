-- No source holds its fence, and none raises it, not even one that has had none. The whole table, because locks of rows
-- are not given in turn: sources whose transactions overlap would never let this one pass.
lock table {{ schema | ident }}.store_fence in exclusive mode

-- See analyze_out: how little of the journal a window is, only these columns tell.
analyze {{ store_schema | ident }}.journal (written_by, bo, field, change)

-- See analyze_out: statistics of these columns show how small a window of the journal is.
analyze {{ store_schema | ident }}.journal (written_by, bo, field, change)

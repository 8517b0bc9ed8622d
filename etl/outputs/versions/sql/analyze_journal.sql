-- See analyze_out: statistics of these columns show how many changes a window of the journal has.
analyze {{ store_schema | ident }}.journal (written_by, bo, field, change)

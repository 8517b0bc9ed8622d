-- The statistics of the journal know nothing of the run, and those of a new table nothing at all.
analyze undone

-- No source appears until this transaction ends: see lock_new_source.
select pg_advisory_xact_lock_shared(hashtextextended(:sources, 0))

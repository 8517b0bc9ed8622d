-- Until this transaction ends no other source gives an external id of a new instance to another one: see
-- lock_ids_of_others.
select pg_advisory_xact_lock_shared(hashtextextended(:ids_of || :created_by, 0))

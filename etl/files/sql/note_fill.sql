-- Shared with other fills; who drains the company waits for all of them.
select pg_advisory_xact_lock_shared(:lock, hashtext(:schema))

-- The session may be reused by the next run, which has another number.
drop function pg_temp.claim_row(tid)

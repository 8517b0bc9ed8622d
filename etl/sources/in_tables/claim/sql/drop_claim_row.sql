-- A session may be kept for the next run, which has a number of its own.
drop function pg_temp.claim_row(tid)

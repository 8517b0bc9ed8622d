-- The next pass makes its own.
drop table value_claim

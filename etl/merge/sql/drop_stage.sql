-- The stage of one pass; the next pass makes its own.
drop table stage

-- The stage of one pass; the next one makes its own.
drop table stage

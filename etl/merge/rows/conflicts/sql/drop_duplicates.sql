-- The next pass makes its own.
drop table duplicate

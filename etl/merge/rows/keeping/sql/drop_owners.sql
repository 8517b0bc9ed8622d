-- The next pass makes its own.
drop table owner_change

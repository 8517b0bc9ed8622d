-- The next field makes its own.
drop table hit

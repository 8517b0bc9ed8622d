-- The next hand-over has all rows of the table, and as many of them are ready.
insert into {{ schema | ident }}.process_expected (in_table, full_set, rows) values (:table, true, :rows)

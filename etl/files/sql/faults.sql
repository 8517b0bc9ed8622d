-- Which cells the server refuses, and which whole rows (column_index null).
select line, column_index, reason from pg_temp.fill_faults()

-- Which cells the server refuses, and which whole rows (place null).
select line, place, reason from pg_temp.fill_faults()

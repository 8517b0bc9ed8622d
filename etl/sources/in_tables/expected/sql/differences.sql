-- To be written where the partner reads.
select in_table, in_id, difference from pg_temp.difference

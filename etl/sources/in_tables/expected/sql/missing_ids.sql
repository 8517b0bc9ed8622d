-- To be copied to the database of the import.
select in_id, out_id from pg_temp.missing

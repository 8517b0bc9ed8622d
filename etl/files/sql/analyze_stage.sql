-- Nobody else will analyze a temporary table.
analyze pg_temp.fill_stage

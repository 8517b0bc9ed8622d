-- Autovacuum never analyzes a temporary table.
analyze pg_temp.fill_stage

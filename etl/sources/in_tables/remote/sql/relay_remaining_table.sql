-- Ids of rows, as the store has found them, at the import.
create temporary table remaining (id bigint primary key) on commit drop

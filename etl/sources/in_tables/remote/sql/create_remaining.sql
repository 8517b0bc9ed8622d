-- Ids of rows that the store has found, in the import's database.
create temporary table remaining (id bigint primary key) on commit drop

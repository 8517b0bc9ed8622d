-- See find_missing, whose columns it has; in the database of the import.
create temporary table missing (in_id varchar(100) collate "C", out_id varchar(32) collate "C") on commit drop

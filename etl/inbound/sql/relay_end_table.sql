-- As relay_kept_ends, arrived in the import's database.
create temporary table mark (owner_in_id varchar(100), target_in_id varchar(100), in_status varchar(20)) on commit drop

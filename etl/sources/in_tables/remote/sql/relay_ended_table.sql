-- Links that wait no longer, by their ends: first in the store's database, then copied to the import's.
create temporary table ended (owner_in_id varchar(100), target_in_id varchar(100), in_status varchar(20)) on commit drop

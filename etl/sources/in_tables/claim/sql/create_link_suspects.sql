-- See link_suspects.
create temporary table batch (
    owner_in_id varchar(100) collate "C", target_in_id varchar(100) collate "C", removed boolean
) on commit drop

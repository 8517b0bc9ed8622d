-- See present_rows and compare_rows, which fill its columns in this order. `hash` is that of a comparison.
create temporary table present (
    in_id varchar(100) collate "C", out_id varchar(32) collate "C", removed boolean, hash varchar(64)
) on commit drop

-- See mirror_slices.
create temporary table slice (id varchar(16) collate "C", ordinal int, n int, part bytea) on commit drop

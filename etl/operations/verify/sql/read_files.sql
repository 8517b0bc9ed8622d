-- The files that were stored, by their ids in the store.
select cast(out_file_id as text) from {{ schema | ident }}.in_fileStorage
where uploaded and out_file_id is not null and content is not null

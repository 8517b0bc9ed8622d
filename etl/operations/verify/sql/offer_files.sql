-- The store does not have them: they are stored again, under other ids.
update {{ schema | ident }}.in_fileStorage set uploaded = false, out_file_id = null
where uploaded and out_file_id = any(cast(:ids as text[]))

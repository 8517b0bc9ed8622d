-- The files that come again take the place of the old ones.
delete from {{ schema | ident }}.{{ table | ident }} where file_id = any(:ids)

-- A file as it is named, with its content.
select s.content, f.file_name, f.mime_type
from {{ schema | ident }}.stored_file f
join {{ schema | ident }}.file_storage s on s._id = f.content
where f._id = :id

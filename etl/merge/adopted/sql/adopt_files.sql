-- Files as they are named; several ids of a partner may mean one of them.
insert into {{ store_schema | ident }}.stored_file (_id, content, file_name, mime_type)
select distinct on (a.out_file_id) a.out_file_id, s._id, a.file_name, a.mime_type
from pg_temp.{{ table | ident }} a
join {{ store_schema | ident }}.file_storage s on s.sha256 = sha256(a.content)
order by a.out_file_id, a._line

-- Who owns the table, and whether that is the role of this session.
select cast(pg_get_userbyid(c.relowner) as text) as owner, pg_get_userbyid(c.relowner) = current_user as is_ours
from pg_catalog.pg_class c
where c.oid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)

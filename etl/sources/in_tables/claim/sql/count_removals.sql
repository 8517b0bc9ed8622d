-- How many claimed rows remove their link.
select count(*) as rows
from {{ in_schema | ident }}.{{ in_table | ident }} l
where l.in_status = 'ON_WORK' and l.removed

-- How many claimed rows take their link away.
select count(*) as rows from {{ in_schema | ident }}.{{ in_table | ident }} l where l.in_status = 'ON_WORK' and l.removed

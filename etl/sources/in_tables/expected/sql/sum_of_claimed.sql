-- The sum of a number field over the claimed rows, zero without any.
select coalesce(sum({{ column | ident }}), 0) as total
from {{ in_schema | ident }}.{{ in_table | ident }}
where occupied_id = :run and in_status = 'ON_WORK'

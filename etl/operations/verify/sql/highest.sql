-- The highest number of a column, 0 without rows.
select coalesce(max({{ column | ident }}), 0) as highest from {{ schema | ident }}.{{ table | ident }}

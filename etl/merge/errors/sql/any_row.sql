-- Whether the table has any row.
select 1 as found from {{ in_schema | ident }}.{{ in_table | ident }} limit 1

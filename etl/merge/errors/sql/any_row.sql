-- Whether the table holds anything at all.
select 1 as found from {{ in_schema | ident }}.{{ in_table | ident }} limit 1

-- The daily copies that exist, and of which in_ table each is.
select copy_table, in_table from {{ in_schema | ident }}.copy_table_info order by 1

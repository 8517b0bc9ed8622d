-- Removes a dropped copy from the list.
delete from {{ in_schema | ident }}.copy_table_info where copy_table = :copy

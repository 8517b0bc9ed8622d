-- A dropped copy leaves the list.
delete from {{ in_schema | ident }}.copy_table_info where copy_table = :copy

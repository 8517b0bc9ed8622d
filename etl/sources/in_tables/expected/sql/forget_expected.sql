-- Else they would be compared with the next hand-over, too.
delete from {{ in_schema | ident }}.process_expected where run = :run returning in_table, compare

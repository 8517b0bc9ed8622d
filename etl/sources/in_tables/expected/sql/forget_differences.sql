-- Only the newest comparison of a table is kept.
delete from {{ in_schema | ident }}.comparison_row where in_table = :in_table

-- As copy_rows, with the line before the columns.
copy pg_temp.fill_stage ({{ (["_line"] + (columns | idents)) | comma_list }}) from stdin

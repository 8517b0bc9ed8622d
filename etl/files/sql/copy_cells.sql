-- As copy_stage, every cell as the text that it is.
copy pg_temp.fill_cells ({{ (["_line"] + (columns | idents)) | comma_list }}) from stdin

-- Into the table of create_file_table.
copy pg_temp.{{ name | ident }} ({{ (["_line"] + (columns | idents)) | comma_list }}) from stdin

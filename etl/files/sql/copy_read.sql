-- See make_read.
copy pg_temp.{{ name | ident }} ({{ (["_line"] + (columns | idents)) | comma_list }}) from stdin

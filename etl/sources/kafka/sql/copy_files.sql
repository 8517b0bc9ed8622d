-- See create_files.
copy pg_temp.in_fileStorage (file_id, file_name, mime_type, content) from stdin

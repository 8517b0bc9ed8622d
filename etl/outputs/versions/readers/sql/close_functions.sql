-- Only the roles of readers may call them.
revoke all on all functions in schema {{ reader_schema | ident }} from public

-- See analyze_rows.
analyze {{ in_schema | ident }}.{{ table | ident }} (in_status)

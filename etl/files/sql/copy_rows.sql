-- Straight into the table: its unique index judges, and no row is written twice.
copy {{ schema | ident }}.{{ table | ident }} ({{ columns | idents | comma_list }}) from stdin

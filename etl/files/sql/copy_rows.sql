-- Straight into the table: its unique index judges, and no row is written twice.
copy {{ schema | ident }}.{{ table | ident }} ({% for column in columns %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %}) from stdin

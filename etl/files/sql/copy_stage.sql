-- As copy_rows, with the line before the columns.
copy pg_temp.fill_stage (_line{% for column in columns %}, {{ column | ident }}{% endfor %}) from stdin

-- As copy_stage, every cell as the text that it is.
copy pg_temp.fill_cells (_line{% for column in columns %}, {{ column | ident }}{% endfor %}) from stdin

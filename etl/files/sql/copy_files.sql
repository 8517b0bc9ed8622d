-- Contents travel as they are, without hexadecimal digits.
copy {{ schema | ident }}.{{ table | ident }} ({% for column in columns %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %}) from stdin (format binary)

-- Contents travel as they are, without hexadecimal digits.
copy {{ schema | ident }}.{{ table | ident }} ({{ columns | idents | comma_list }}) from stdin (format binary)

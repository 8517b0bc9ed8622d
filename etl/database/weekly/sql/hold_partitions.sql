-- Before the default partition is cleaned: who drops another partition locks the whole table first too.
lock table only {{ schema | ident }}.{{ table | ident }} in row exclusive mode

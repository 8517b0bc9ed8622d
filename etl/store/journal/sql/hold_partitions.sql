-- Before the default partition is cleaned: who drops another partition locks the journal first too.
lock table only {{ schema | ident }}.journal in row exclusive mode

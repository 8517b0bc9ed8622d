-- From here on there is no rollback.
drop table {{ schema | ident }}.{{ former | ident }}

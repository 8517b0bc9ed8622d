-- Rolled back with what is copied.
create table {{ schema | ident }}.{{ target | ident }} (like {{ schema | ident }}.{{ table | ident }})

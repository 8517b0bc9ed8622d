-- With its tables; dependent objects only if the caller has checked them.
drop schema if exists {{ out_schema | ident }} cascade

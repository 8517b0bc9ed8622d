-- With its views and functions.
drop schema if exists {{ reader_schema | ident }} cascade

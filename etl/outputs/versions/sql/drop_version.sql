-- With its tables; of others' objects only what the caller has looked at.
drop schema if exists {{ out_schema | ident }} cascade

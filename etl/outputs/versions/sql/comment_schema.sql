-- Readers see it where they look for tables.
comment on schema {{ schema | ident }} is {{ comment }}

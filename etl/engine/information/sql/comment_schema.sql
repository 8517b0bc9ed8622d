-- Whose schema it is, and what its views were made from.
comment on schema {{ schema | ident }} is {{ comment | literal }}

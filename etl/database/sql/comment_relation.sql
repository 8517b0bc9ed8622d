-- What the view is, for people, and a digest of its definition (see ensure).
comment on view {{ schema | ident }}.{{ view | ident }} is {{ comment | literal }}

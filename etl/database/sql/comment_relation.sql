-- What the view is, for people; at its end the digest of its definition (see ensure.py).
comment on view {{ schema | ident }}.{{ view | ident }} is {{ comment | literal }}

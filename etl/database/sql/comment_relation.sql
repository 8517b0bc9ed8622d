-- What the view is, for people; its definition is told by its digest (see ensure).
comment on view {{ schema | ident }}.{{ view | ident }} is {{ comment | literal }}

-- Released.
delete from {{ schema | ident }}.hold where host = any(cast(:hosts as text[]))

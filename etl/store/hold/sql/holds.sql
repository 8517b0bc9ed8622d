-- The hold of all hosts first.
select host, reason, held_by, since, closed_at from {{ schema | ident }}.hold order by host

-- The first one counts, so that its reason and its time stay known.
insert into {{ schema | ident }}.hold (host, reason, held_by) values (:host, :reason, :held_by)
on conflict (host) do nothing

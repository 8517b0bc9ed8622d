-- What is not said stays as it is.
insert into {{ schema | ident }}.fill_pace as p (is_paused, speed, changed_by)
values (coalesce(:is_paused, false), coalesce(:speed, 100), :changed_by)
on conflict (only_row) do update set
    is_paused = coalesce(:is_paused, p.is_paused),
    speed = coalesce(:speed, p.speed),
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at

-- One that is noted already stays as it is.
insert into {{ schema | ident }}.backup_record (backup_id, taken_at, location)
values (:backup_id, :taken_at, :location)
on conflict (backup_id) do nothing

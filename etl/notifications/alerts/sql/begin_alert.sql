-- Something is wrong from now on. Where it was over and that had not been sent to all, those that know of it are not
-- notified again.
insert into {{ schema | ident }}.alert (kind, subject, message, unsent)
values (:kind, :subject, :message, cast(:channels as text[]))
on conflict (kind, subject) do update
set message = excluded.message, since = excluded.since, over_at = null, attempts = 0, sending_until = null,
    unsent = array(select unnest(excluded.unsent) except select unnest(alert.notified))
where alert.over_at is not null

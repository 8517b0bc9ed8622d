-- Who is who, for the next sync.
insert into {{ schema | ident }}.ad_person as p (guid, instance, login, dn, status_written, created_by, vanished_since)
select t.guid, t.instance, t.login, t.dn, t.status_written, case when t.is_new then cast(:run as bigint) end,
    case when t.is_vanished then clock_timestamp() end
from unnest(
    cast(:guids as text[]), cast(:instances as text[]), cast(:logins as text[]), cast(:dns as text[]),
    cast(:statuses as text[]), cast(:new as bool[]), cast(:vanished as bool[])
) as t (guid, instance, login, dn, status_written, is_new, is_vanished)
on conflict (guid) do update
set instance = excluded.instance, login = excluded.login, dn = excluded.dn, status_written = excluded.status_written,
    created_by = coalesce(excluded.created_by, p.created_by),
    vanished_since = case
        when excluded.vanished_since is not null then coalesce(p.vanished_since, excluded.vanished_since)
    end

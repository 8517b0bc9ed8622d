-- Roles that the directory has, with its groups.
insert into {{ schema | ident }}.ad_group as g (role, guid)
select role, guid from unnest(cast(:roles as text[]), cast(:guids as text[])) as t (role, guid)
on conflict (role) do update set guid = excluded.guid where g.guid <> excluded.guid

-- A new user, or another password of one that is there.
insert into {{ schema | ident }}.web_user (name, password_hash)
values (:name, :password_hash)
on conflict (name) do update set password_hash = excluded.password_hash

-- The language that a user of the proxy has chosen, for the next browser.
insert into {{ schema | ident }}.web_proxy_user as u (name, language)
values (:name, :language)
on conflict (name) do update set language = excluded.language where u.language <> excluded.language

-- The role in a company, or in all.
insert into {{ schema | ident }}.web_role (user_name, company, role)
values (:name, :company, :role)
on conflict (user_name, company) do update set role = excluded.role

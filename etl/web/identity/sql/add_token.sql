-- A token of a program.
insert into {{ schema | ident }}.web_token (token_digest, name, company, role, expires_at)
values (:token_digest, :name, :company, :role, clock_timestamp() + make_interval(days => :days))

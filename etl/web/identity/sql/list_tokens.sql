-- All tokens, in order of their names. Only digests of the tokens are kept.
select name, company, role, created_at, expires_at, coalesce(expires_at <= clock_timestamp(), false) as is_expired
from {{ schema | ident }}.web_token
order by name

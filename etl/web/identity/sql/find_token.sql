-- A token that has not run out.
select name, company, role
from {{ schema | ident }}.web_token
where token_digest = :token_digest and (expires_at is null or expires_at > clock_timestamp())

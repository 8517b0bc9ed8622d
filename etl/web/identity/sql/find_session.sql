-- A sign-in that has not run out, with its user's roles. It was used now: noted once a minute, not for each request.
with found as (
    select s.token_digest, s.user_name, s.last_seen_at
    from {{ schema | ident }}.web_session as s
    where s.token_digest = :token_digest
      and s.last_seen_at > clock_timestamp() - make_interval(mins => :idle_minutes)
      and s.signed_in_at > clock_timestamp() - make_interval(hours => :longest_hours)
), seen as (
    update {{ schema | ident }}.web_session as s
    set last_seen_at = clock_timestamp()
    from found as f
    where s.token_digest = f.token_digest and f.last_seen_at < clock_timestamp() - interval '1 minute'
)
select f.user_name, u.language, r.company, r.role
from found as f
join {{ schema | ident }}.web_user as u on u.name = f.user_name
left join {{ schema | ident }}.web_role as r on r.user_name = f.user_name

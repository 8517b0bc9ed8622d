{% from "epoch.jinja" import epoch %}
-- The sign-ins of all open pages that have not run out, with roles, in one statement. An open page is no use of a
-- sign-in: nothing is noted.
select s.token_digest, s.user_name, u.language, r.company, r.role
from {{ schema | ident }}.web_session as s
join {{ schema | ident }}.web_user as u on u.name = s.user_name
left join {{ schema | ident }}.web_role as r on r.user_name = s.user_name
where s.token_digest = any(cast(:token_digests as bytea[])) and s.epoch = {{ epoch(schema) }}
  and s.last_seen_at > clock_timestamp() - make_interval(mins => :idle_minutes)
  and s.signed_in_at > clock_timestamp() - make_interval(hours => :longest_hours)

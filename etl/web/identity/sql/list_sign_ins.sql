{% from "epoch.jinja" import epoch %}
-- The sign-ins of a user that have not run out, the one that asks first.
select s.id, s.address, s.user_agent, s.signed_in_at, s.last_seen_at, s.token_digest = :token_digest as is_current
from {{ schema | ident }}.web_session as s
where s.user_name = :user_name and s.epoch = {{ epoch(schema) }}
  and s.last_seen_at > clock_timestamp() - make_interval(mins => :idle_minutes)
  and s.signed_in_at > clock_timestamp() - make_interval(hours => :longest_hours)
order by is_current desc, s.last_seen_at desc
limit 100

{% from "epoch.jinja" import epoch %}
-- A sign-in of this database that has not run out, with its user's roles; nothing is written, so that a standby can
-- answer too.
select s.user_name, u.language, r.company, r.role,
    s.last_seen_at < clock_timestamp() - interval '1 minute' as is_to_be_noted
from {{ schema | ident }}.web_session as s
join {{ schema | ident }}.web_user as u on u.name = s.user_name
left join {{ schema | ident }}.web_role as r on r.user_name = s.user_name
where s.token_digest = :token_digest and s.epoch = {{ epoch(schema) }}
  and s.last_seen_at > clock_timestamp() - make_interval(mins => :idle_minutes)
  and s.signed_in_at > clock_timestamp() - make_interval(hours => :longest_hours)

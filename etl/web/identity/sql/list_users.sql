{% from "epoch.jinja" import epoch %}
-- All users with their roles, and when they were last here.
select u.name, r.company, r.role,
    (
        select max(s.last_seen_at) from {{ schema | ident }}.web_session as s
        where s.user_name = u.name and s.epoch = {{ epoch(schema) }}
    ) as last_seen_at
from {{ schema | ident }}.web_user as u
left join {{ schema | ident }}.web_role as r on r.user_name = u.name
order by u.name, r.company

{% from "epoch.jinja" import epoch %}
-- A sign-in; those of this user that have run out leave with it.
with ended as (
    delete from {{ schema | ident }}.web_session
    where user_name = :user_name and signed_in_at < clock_timestamp() - make_interval(hours => :longest_hours)
)
insert into {{ schema | ident }}.web_session (token_digest, user_name, address, user_agent, epoch)
values (:token_digest, :user_name, left(:address, 100), left(:user_agent, 200), {{ epoch(schema) }})

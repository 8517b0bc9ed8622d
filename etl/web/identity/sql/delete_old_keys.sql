-- A form that is older than a day is not sent again.
delete from {{ schema | ident }}.web_action_key
where begun_at < now() - interval '1 day'

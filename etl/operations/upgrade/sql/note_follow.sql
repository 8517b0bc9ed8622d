-- In the transaction of what was copied.
{% from "follow.jinja" import position %}
update {{ schema | ident }}.online_change
set position = {{ position("upto", follow) }}, rows = rows + :rows, changed_at = clock_timestamp()
where name = :name

-- The id of one instance.
{% from "new_id.jinja" import new_id %}
select {{ new_id("n.name") }} as id from (values ('')) as n (name)

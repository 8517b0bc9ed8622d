-- Gives a number; a session that asks at the same time waits, and gets a higher one.
{% from "next_unit.jinja" import next_unit %}
update {{ schema | ident }}.unit_number
set highest = {{ next_unit("highest") }}
returning highest as number

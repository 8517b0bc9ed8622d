-- Gives a number; a session that asks at the same time waits, and gets a higher one.
{% from "next_unit.jinja" import next_unit %}
update {{ schema | ident }}.unit_number
set last_number = {{ next_unit("last_number") }}
returning last_number as number

-- Gives a number; a session that asks at the same time waits, and gets a higher one. A program that is frozen before it
-- commits must not block all others: the server ends its session.
{% from "next_unit.jinja" import next_unit %}
update {{ schema | ident }}.unit_number
set last_number = {{ next_unit("last_number") }}
returning last_number as number, set_config('idle_in_transaction_session_timeout', :idle_timeout, true)

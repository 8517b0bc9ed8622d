-- A new output begins here: the journal is kept from now on. One that is there stays as it is.
{% from "journal_id.jinja" import journal_id %}
insert into {{ schema | ident }}.kafka_output (name, journal_position, place)
values (:name, pg_current_snapshot(), {{ journal_id(schema) }})
on conflict (name) do nothing

-- The run has come to its end with all of its tasks; what is created from here on is still to be served.
{% from "journal_place.jinja" import journal_place %}
update {{ schema | ident }}.links_served set place = {{ journal_place(schema) }}, position = pg_current_xact_id()

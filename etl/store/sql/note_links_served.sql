-- All tasks of the run are done; instances that are created from here on have not received their waiting links.
{% from "journal_place.jinja" import journal_place %}
update {{ schema | ident }}.links_served set place = {{ journal_place(schema) }}, position = pg_current_xact_id()

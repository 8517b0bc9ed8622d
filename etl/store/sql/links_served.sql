-- No row when the number is of another server, database or journal, or still to come: then it says nothing.
{% from "journal_place.jinja" import journal_place %}
select cast(position as text) as position
from {{ schema | ident }}.links_served
where place = {{ journal_place(schema) }} and position <= pg_snapshot_xmax(pg_current_snapshot())

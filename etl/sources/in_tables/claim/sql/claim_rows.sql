-- One statement per table claims all ready rows. When a run begins no other run is running: rows that are ON_WORK were
-- set so by the partner or come from a restore, and would otherwise never be taken. No index on the status columns: it
-- would make every claim and mark four times more expensive, and the marker, not a poll, triggers a run. A part leaves
-- rows that another part has claimed.
{% from "chunk.jinja" import links_within %}
update {{ in_schema | ident }}.{{ table | ident }}
set in_status = 'ON_WORK', occupied_id = :run, occupied_at = clock_timestamp()
where in_status in ('', 'ON_WORK')
{% if part.first is not none or part.after is not none %}
  and (in_status = '' or occupied_id is distinct from :run){{ links_within(part, table | ident) }}
{% endif %}

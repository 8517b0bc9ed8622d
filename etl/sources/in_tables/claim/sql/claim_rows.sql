-- One statement per table takes all that is ready. When a run begins nobody is at work: what says ON_WORK got it from a
-- partner's hand or from a restore, and would else never be taken. No index on the status columns: it would make every claim and mark
-- four times dearer, and the marker, not a poll, says when to look. A part of the table leaves what another has claimed.
{% from "chunk.jinja" import links_within %}
update {{ in_schema | ident }}.{{ table | ident }}
set in_status = 'ON_WORK', occupied_id = :run, occupied_at = clock_timestamp()
where in_status in ('', 'ON_WORK')
{% if part.first is not none or part.after is not none %}
  and (in_status = '' or occupied_id is distinct from :run){{ links_within(part, table | ident) }}
{% endif %}

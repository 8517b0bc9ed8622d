-- Rejected rows of the chosen errors are ready again; how a row is found, see row_of_error. A row whose file did
-- not come was taken without it, and is offered again as a whole. Partners may not write the other columns; the run
-- that claims the row does.
{% from "chosen.jinja" import chosen %}
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = ''{{ "" if of_partner else ", occupied_id = null, occupied_at = null" }}
from {{ schema | ident }}.err e
where e.in_table = :in_table and e.severity = 'error' and {{ chosen(choice) }}
  and (
      i.id = e.row_id and (e.in_id is null or i.in_id = e.in_id or i.occupied_id = e.run) and i.in_status = 'ERROR'
      or e.code = 'FILE_UNKNOWN' and e.row_id is null and i.in_id = e.in_id and i.in_status = 'DONE'
  )

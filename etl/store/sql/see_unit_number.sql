-- The number that would be given now, for a unit whose writes are all rolled back; takes no lock.
{% from "next_unit.jinja" import next_unit %}
select {{ next_unit("last_number") }} as number
from {{ schema | ident }}.unit_number

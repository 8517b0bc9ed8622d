-- Leaves these rows to the next pass.
{% from "later.jinja" import later %}
delete from stage s
using ({{ later(unique) }}) t
where t._row = s._row

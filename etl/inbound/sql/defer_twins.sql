-- Rows that meet an earlier one in an instance or a unique value wait for the next pass.
{% from "twins.jinja" import twins %}
delete from stage s
using ({{ twins(unique) }}) t
where t._row = s._row and t.is_later

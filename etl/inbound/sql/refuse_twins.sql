-- The last pass: rows that meet an earlier one even now are refused.
{% from "twins.jinja" import twins %}
update stage s
set _action = 'rejected', _fault = 'TOO_MANY_TWINS', _instance = null
from ({{ twins(unique) }}) t
where t._row = s._row and t.is_later

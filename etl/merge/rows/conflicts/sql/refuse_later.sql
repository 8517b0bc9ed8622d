-- The last pass: rows that would have to wait for another pass are refused.
{% from "later.jinja" import later %}
update stage s
set _action = 'rejected', _fault = 'TOO_MANY_DUPLICATES', _instance = null
from ({{ later(unique) }}) t
where t._row = s._row

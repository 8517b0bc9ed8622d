-- The last pass: those that would have to wait even now are refused.
{% from "later.jinja" import later %}
update stage s
set _action = 'rejected', _fault = 'TOO_MANY_DUPLICATES', _instance = null
from ({{ later(unique) }}) t
where t._row = s._row

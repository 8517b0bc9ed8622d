-- An instance whose own row is rejected is no merge target: whether it would have kept the value is unknown.
update stage s
set
{% for field in unique if not field.is_key %}
    _taken_{{ field.short }} = s._by = '{{ field.short }}',
{% endfor %}
    _action = 'rejected', _instance = null
from refused r
where s._is_weak and s._known = r.instance and s._action <> 'rejected'

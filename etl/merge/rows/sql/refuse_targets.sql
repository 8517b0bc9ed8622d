-- An instance whose own row is rejected is no merge target: nobody can say whether it would have kept the value.
update stage s
set _action = 'rejected', _instance = null{% for field in unique if not field.is_key %}, _taken_{{ unique.index(field) }} = s._by = {{ unique.index(field) }}{% endfor %}

from refused r
where s._is_weak and s._known = r.instance and s._action <> 'rejected'

-- As a partner's program redelivers: a row that is there already is offered again as it is now.
insert into {{ schema | ident }}.{{ table | ident }} ({{ columns | map("ident") | join(", ") }})
select {{ columns | map("ident") | join(", ") }}
from jsonb_populate_recordset(cast(null as {{ schema | ident }}.{{ table | ident }}), cast(:rows as jsonb))
on conflict ({{ key | map("ident") | join(", ") }}) do {% if is_file %}nothing{% else %}update set
{% for column in columns if column not in key %}
    {{ column | ident }} = excluded.{{ column | ident }},
{% endfor %}
    in_status = ''{% endif %}

-- As a partner's program redelivers: a row that is there already is offered again as it is now.
insert into {{ schema | ident }}.{{ table | ident }} ({{ columns | map("ident") | comma_list }})
select {{ columns | map("ident") | comma_list }}
from jsonb_populate_recordset(cast(null as {{ schema | ident }}.{{ table | ident }}), cast(:rows as jsonb))
on conflict ({{ key | map("ident") | comma_list }}) do {% if is_file %}nothing{% else %}update set
{% for column in columns if column not in key %}
    {{ column | ident }} = excluded.{{ column | ident }},
{% endfor %}
    in_status = ''{% endif %}

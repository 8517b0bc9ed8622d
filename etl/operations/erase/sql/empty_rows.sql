-- The rows stay, without the values.
{% import "rows.jinja" as rows %}
update {{ schema | ident }}.{{ table | ident }} t
set {{ empties | each("{0[0]} = {0[1]}") | comma_list }}
where {{ rows[condition](v) }}

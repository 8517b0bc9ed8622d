-- Of rows with one key the last in the file, which takes the place of the table's. A row without a key is its own.
insert into {{ schema | ident }}.{{ table | ident }} ({% for column in columns %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %})
select {% for column in columns %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %}

from (
    select distinct on ({% for column in key %}{{ column | ident }}, {% endfor %}case when {% for column in key %}{{ column | ident }} is null{{ " or " if not loop.last }}{% else %}true{% endfor %} then _line end) *
    from pg_temp.fill_stage
    order by {% for column in key %}{{ column | ident }}, {% endfor %}case when {% for column in key %}{{ column | ident }} is null{{ " or " if not loop.last }}{% else %}true{% endfor %} then _line end, _line desc
) newest
order by _line
{% if key %}
on conflict ({% for column in key %}{{ column | ident }}{{ ", " if not loop.last }}{% endfor %}) do update set
    {% for column in columns if column not in key %}{{ column | ident }} = excluded.{{ column | ident }}, {% endfor %}

    {% for column, value in reset %}{{ column | ident }} = {{ value }}{{ ", " if not loop.last }}{% endfor %}

{% endif %}

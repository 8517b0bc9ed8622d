-- Values that a typed file cannot hold as everybody would read them, by column.
select
{% for column in columns %}
    count(*) filter (where {{ column.unfit }}) as {{ column.name | ident }}{{ "," if not loop.last }}
{% endfor %}
from {{ schema | ident }}.{{ table | ident }}

-- The number of values by column that a typed file cannot hold unambiguously.
select
{% for column in columns %}
    count(*) filter (where {{ column.unfit }}) as {{ column.name | ident }}{{ "," if not loop.last }}
{% endfor %}
from {{ schema | ident }}.{{ table | ident }}

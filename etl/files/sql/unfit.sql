<<<<<<< HEAD
-- Values that a typed file cannot hold as everybody would read them, by column.
select
{% for column in columns %}
    count(*) filter (where {{ column.unfit }}) as {{ column.name | ident }}{{ "," if not loop.last }}
{% endfor %}
=======
-- The number of values by column that a typed file cannot hold unambiguously.
select {% for column in columns %}count(*) filter (where {{ column.unfit }}) as {{ column.name | ident }}{{ ", " if not loop.last }}{% endfor %}

>>>>>>> 6ec9f00 (State plainly what database, outputs, commands and docs do; rename docs/rights.md to docs/privileges.md)
from {{ schema | ident }}.{{ table | ident }}

-- What rows are marked with so far; they are still locked where they came from. In the order of their places there, so
-- that page after page is written.
select place, version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.mark
order by 1

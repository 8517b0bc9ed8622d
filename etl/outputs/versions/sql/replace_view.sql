-- The view keeps its identity, and with it grants, and views that stand on it.
create or replace view {{ views_schema | ident }}.{{ view | ident }} as
select {% for expression in expressions %}{{ ", " if not loop.first }}{{ expression }}{% endfor %}

from {{ out_schema | ident }}.{{ view | ident }}

-- The version has no such table: the view stays for those that stand on it, and shows nothing.
create or replace view {{ views_schema | ident }}.{{ view | ident }} as
select {% for expression in expressions %}{{ ", " if not loop.first }}{{ expression }}{% endfor %}

where false

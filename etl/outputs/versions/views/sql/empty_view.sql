-- The version has no such table: the view stays for its dependents, and shows no row.
create or replace view {{ views_schema | ident }}.{{ view | ident }} as
select {{ expressions | comma_list }}
where false

-- The version has no such table: the view stays for those that stand on it, and shows nothing.
create or replace view {{ views_schema | ident }}.{{ view | ident }} as
select {{ expressions | comma_list }}
where false

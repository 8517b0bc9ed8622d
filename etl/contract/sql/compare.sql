-- Compares what you have with what etl has, for tables of rows: see the guide. Run it as the partner; then hand over.
-- It takes your rows from the in_ tables. If these do not have all of them, put a table or query of your own there,
-- with the same columns.
-- Сравнивает ваши данные с данными etl, по таблицам строк. Выполните от имени партнёра, затем передайте.
{% set s = in_schema | ident %}

delete from {{ s }}.process_compare;
{% for name, hash, example in tables %}

-- {{ name }}; its row {{ example.in_id }} of the guide has the hash {{ example.hash }}
insert into {{ s }}.process_compare (in_table, in_id, hash)
select {{ name | literal }}, in_id, {{ hash }}
from {{ s }}.{{ name | ident }}
where in_id <> '' and removed is not true;
{% endfor %}

insert into {{ s }}.process_expected (in_table, compare)
values
{% for name, hash, example in tables %}
    ({{ name | literal }}, true){{ ";" if loop.last else "," }}
{% endfor %}

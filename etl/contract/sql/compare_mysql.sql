-- Ids and hashes of your rows in MySQL 8 or later, to be loaded into process_compare with the name of their in_
-- table: see compare.sql and the guide. Put your own tables in place of the in_ tables; their columns are taken to have
-- the same names.
-- It holds for dates of type date, instants of type datetime(6) in UTC, and check boxes of type tinyint(1).
{% for name, hash, example in tables %}

-- {{ name }}; its row {{ example.in_id }} of the guide has the hash {{ example.hash }}
select in_id, {{ hash }} as hash
from {{ name }};
{% endfor %}

-- Ids and hashes of your rows in Oracle 12c or later, to be loaded into process_compare with the name of their in_
-- table: see compare.sql and the guide. Put your own tables in place of the in_ tables; their columns are taken to have
-- the same names.
-- It holds for a database in AL32UTF8, dates of type DATE, instants of type TIMESTAMP WITH TIME ZONE, and check boxes
-- of type NUMBER(1). A row of more than 4,000 bytes needs CLOBs, which standard_hash does not take.
{% for name, hash, example in tables %}

-- {{ name }}; its row {{ example.in_id }} of the guide has the hash {{ example.hash }}
select in_id, {{ hash }} as hash
from {{ name }};
{% endfor %}

-- The database's collation where its recorded version is not the server's.
{% if has_version %}
select quote_ident(datname) as database, datcollversion as recorded, pg_database_collation_actual_version(oid) as actual
from pg_database
where datname = current_database() and datcollversion <> pg_database_collation_actual_version(oid)
{% else %}
select null as database, null as recorded, null as actual where false
{% endif %}

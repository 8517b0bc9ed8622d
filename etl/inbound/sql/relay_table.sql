-- The in_ rows of one task in the store's database, each with the place and version that it has in the import's.
create temporary table {{ table | ident }} (
{% for column in columns %}
    {{ column.name | ident }} {{ column.catalog_type }},
{% endfor %}
    _place tid,
    _version xid
) on commit drop

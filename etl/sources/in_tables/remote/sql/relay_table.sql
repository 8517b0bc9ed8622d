-- The in_ rows of one task in the store's database, each with the place and version that it has in the import's. What is
-- said of every claimed row is said here.
create temporary table {{ table | ident }} (
{% for column in columns %}
    {{ column.name | ident }} {{ column.catalog_type }}{{ " default %s" | format(claimed[column.name]) if column.name in claimed }},
{% endfor %}
    _place tid,
    _version xid
) on commit drop

-- The in_ rows of one task in the store's database, each with its ctid and xmin in the import's. Columns
-- that are equal for all claimed rows get their values here.
create temporary table {{ table | ident }} (
{% for column in columns %}
    {{ column.name | ident }} {{ column.catalog_type }}
    {{- " default %s" | format(claimed[column.name]) if column.name in claimed }},
{% endfor %}
    _source_row tid,
    _version xid
) on commit drop

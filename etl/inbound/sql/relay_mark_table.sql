-- As relay_marks, arrived in the import's database.
create temporary table mark (
    place tid, version xid{% for column in marked %}, {{ column.name | ident }} {{ column.catalog_type }}{% endfor %}

) on commit drop

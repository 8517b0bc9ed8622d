-- What became of a task's rows: noted in the store's database, and then arrived in the import's.
create temporary table mark (
    place tid, version xid{% for column in marked %}, {{ column.name | ident }} {{ column.catalog_type }}{% endfor %}

) on commit drop

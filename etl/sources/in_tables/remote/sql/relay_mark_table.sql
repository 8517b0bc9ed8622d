-- What became of a task's rows: noted in the store's database, and then arrived in the import's.
create temporary table mark (
    place tid, version xid{{ marked | each(", {0.name} {0.catalog_type}") | join }}

) on commit drop

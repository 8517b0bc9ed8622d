-- The new statuses of a task's rows: first in the store's database, then copied to the import's.
create temporary table mark (
    source_row tid, {{ (["version xid"] + (marked | each("{0.name} {0.catalog_type}"))) | comma_list }}

) on commit drop

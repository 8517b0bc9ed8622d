-- Lines are cut into chunks; those of a cell with line breaks are passed over.
select coalesce(max(_line), 0) as line from pg_temp.{{ rows | ident }}

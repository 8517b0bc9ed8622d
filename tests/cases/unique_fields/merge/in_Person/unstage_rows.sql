-- Rows that were changed or deleted between staging and marking; what is still claimed is staged again.
delete from stage s
where not exists (
    select 1
    from in_tables.in_Person i
    where i.id = s._row and i.in_status <> 'ON_WORK' and i.xmin = cast(pg_current_xact_id() as xid)
)

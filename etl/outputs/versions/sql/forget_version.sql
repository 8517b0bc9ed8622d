-- A rollback to the version becomes a rollback to the one before it.
with gone as (
    update {{ store_schema | ident }}.out_version set previous = cast(:previous as text) where previous = :schema_name
)
delete from {{ store_schema | ident }}.out_version where schema_name = :schema_name

-- Links and files of the run that still wait are waited for no more.
with files as (
    delete from {{ store_schema | ident }}.file_reference where run = :run
)
delete from {{ store_schema | ident }}.boi_reference where run = :run

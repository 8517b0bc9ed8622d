-- External ids that the run added name nobody again.
delete from {{ store_schema | ident }}.alias where run = :run

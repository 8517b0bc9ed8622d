-- Holds of the original.
delete from {{ schema | ident }}.hold

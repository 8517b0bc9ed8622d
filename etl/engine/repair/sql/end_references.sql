-- See note_references.
delete from {{ store_schema | ident }}.boi_reference where bo = :bo and owner = :absorbed

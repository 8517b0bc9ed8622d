-- The further ids of the other instance.
update {{ store_schema | ident }}.alias set instance = :kept, run = :run where bo = :bo and instance = :absorbed

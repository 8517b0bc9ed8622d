-- The run was stopped: what it was given is not what the source has brought. Ids of earlier full sets stay.
delete from {{ store_schema | ident }}.full_set_id where source = :source and run = :run

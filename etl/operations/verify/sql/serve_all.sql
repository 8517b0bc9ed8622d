-- Where it is not known up to where waiting links have been looked up, the next run looks for the ends of all.
delete from {{ schema | ident }}.reference_position
where bo = :bo and field = :field and target_bo = :target_bo

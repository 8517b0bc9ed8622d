-- Where it is not known up to where waiting links have been looked up, the next run looks for the ends of all, also of
-- those that wait for any member of a composite.
delete from {{ schema | ident }}.reference_position
where bo = :bo and field = :field and target_bo in (:target_bo, '')

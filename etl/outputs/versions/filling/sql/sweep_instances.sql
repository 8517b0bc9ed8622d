-- Deletes rows that the store does not have, or not in a state that is shown.
delete from {{ out_schema | ident }}.{{ out_table | ident }} o
where not exists (
    select from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._id = o.system_id collate "C" and {{ hidden | each("g._state <> '{0}'") | all_of }}
)

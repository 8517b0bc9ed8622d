-- Deletes rows that the store does not have.
delete from {{ out_schema | ident }}.{{ out_table | ident }} o
where not exists (
    select from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._id = o.system_id collate "C"{{ " and g._state <> 'REMOVED'" if not keeps_removed }}

)

-- A mirror in another database copies the store again; under its old name the journal would be kept for it.
delete from {{ schema | ident }}.out_version where schema_name like 'mirror in %'

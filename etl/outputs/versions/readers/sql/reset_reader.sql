-- The next delivery of the reader is a full delivery.
update {{ store_schema | ident }}.reader
set from_position = null, upto_position = null
where schema_name = :schema_name and reader = :reader

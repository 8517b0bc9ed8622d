-- "Give me what is new."
select delivery, from_position, upto_position, is_full from {{ reader_schema | ident }}.ask(:reader)

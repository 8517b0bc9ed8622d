-- "I have it."
select {{ reader_schema | ident }}.confirm(:reader, :upto) as taken_at

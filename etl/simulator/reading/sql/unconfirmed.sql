-- The delivery that the reader was given and has not confirmed.
select delivery from {{ reader_schema | ident }}.reader_tracking where reader = :reader and upto_position is not null

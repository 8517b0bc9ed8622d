-- Whose erasure has ended here.
select distinct bo, instance from {{ schema | ident }}.erasure where finished_at is not null

-- Which contents the files have.
select distinct content from {{ store_schema | ident }}.stored_file where _id = any(cast(:files as text[]))

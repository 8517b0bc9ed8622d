-- The first and the last id of the table, by its index: where as many rows are claimed as lie between, no other does.
select min(id) as first, max(id) as last from {{ in_schema | ident }}.{{ table | ident }} having min(id) is not null

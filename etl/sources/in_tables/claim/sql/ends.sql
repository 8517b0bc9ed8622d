-- The first and the last id of the table, by its index: if as many rows are claimed as ids lie between, the ids have no
-- gaps.
select min(id) as first, max(id) as last from {{ in_schema | ident }}.{{ table | ident }} having min(id) is not null

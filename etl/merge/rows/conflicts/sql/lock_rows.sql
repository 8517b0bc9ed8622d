-- Rows whose conflicts are resolved together must not change meanwhile. Counts those unchanged; the others are staged
-- again.
{% from "chunk.jinja" import rows_within %}
with locked as materialized (
    select i.id
    from {{ in_schema | ident }}.{{ in_table | ident }} i
    join stage s on i.ctid = s._source_row and i.xmin = s._version
    where true{{ rows_within(chunk) }}
    for update of i
)
select count(*) as rows from locked

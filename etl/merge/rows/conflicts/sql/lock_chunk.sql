-- If other sessions change rows while conflicts are resolved, the whole chunk is locked before it is staged again.
{% from "chunk.jinja" import claimed %}
with locked as materialized (
    select i.id
    from {{ in_schema | ident }}.{{ in_table | ident }} i
{% if has_remaining %}
    join remaining r on r.id = i.id
{% endif %}
    where {{ claimed(chunk) }}
    for update of i
)
select count(*) as rows from locked

-- Whether the chunk has rows that are not taken yet. Asked alone, because a statement that only reads is done by several
-- processes.
{% from "chunk.jinja" import claimed %}
select 1 as found where exists (select 1 from {{ in_schema | ident }}.{{ in_table | ident }} i where {{ claimed(chunk) }})

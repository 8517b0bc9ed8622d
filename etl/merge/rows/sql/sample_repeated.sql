-- How many of the chunk's first rows repeat what the store has; relayed rows, which have no index, in the order of
-- copying. And how many instances the store has, as of its statistics, which are made again as it grows.
{% from "chunk.jinja" import claimed %}
{% from "repeated.jinja" import repeated, sound %}
select count(*) as rows, count(*) filter (where {{ sound(fields, system) }} and exists (
    select from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._in_id = i.in_id collate "C" and {{ repeated(fields, keep_on_null) }}
)) as repeated,
    (select reltuples from pg_class where oid = cast('{{ store_schema | ident }}.{{ golden | ident }}' as regclass))
        as instances
from (
    select * from {{ in_schema | ident }}.{{ in_table | ident }} i
    where {{ claimed(chunk) }}
{% if not is_relayed %}
    order by i.id
{% endif %}
    limit 1000
) i

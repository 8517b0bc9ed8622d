-- How many of the external ids of the file lead to no instance, or to another one.
select count(*) as rows
from pg_temp.{{ ids | ident }} i
where not exists (
    select from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._id = i.out_id and g._in_id = i.in_id collate "C"
) and not exists (
    select from {{ store_schema | ident }}.alias a
    where a.bo = :bo and a.in_id = i.in_id collate "C" and a.instance = i.out_id
)

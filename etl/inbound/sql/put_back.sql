-- Rows that were passed before an earlier row with the same instance, which is left to the stage: they go there too.
{% from "chunk.jinja" import claimed %}
with
remaining as materialized (
    select i.id, i.in_id, coalesce(nullif(i.out_id, ''), a.instance collate "default") as instance
    from {{ in_schema | ident }}.{{ in_table | ident }} i
    left join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = i.in_id collate "C"
    where {{ claimed(chunk) }}
),
overtaken as (
    select i.id
    from remaining r join {{ in_schema | ident }}.{{ in_table | ident }} i on i.in_id = r.in_id
    where {{ claimed(chunk, "DONE") }} and i.id > r.id
    union
    select i.id
    from remaining r join {{ in_schema | ident }}.{{ in_table | ident }} i on i.out_id = r.instance
    where {{ claimed(chunk, "DONE") }} and i.id > r.id
)
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = 'ON_WORK'
from overtaken o
where i.id = o.id

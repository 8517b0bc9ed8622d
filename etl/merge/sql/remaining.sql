-- The chunk's rows that were not passed, with the values that match instances beside in_id. In a table of their own, so
-- that the planner knows how few of the claimed rows are left.
{% from "chunk.jinja" import claimed %}
create temporary table remaining on commit drop as
select i.id, i.in_id, coalesce(nullif(i.out_id, ''), a.instance collate "default") as instance
from {{ in_schema | ident }}.{{ in_table | ident }} i
left join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = i.in_id collate "C"
where {{ claimed(chunk) }}

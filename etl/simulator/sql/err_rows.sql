-- Rows of ours that err names, table by table.
select in_table, count(distinct coalesce(in_id, '')) as rows
from {{ schema | ident }}.err
where run > :after and severity = 'error' and (in_id is null or starts_with(in_id, :prefix))
group by in_table

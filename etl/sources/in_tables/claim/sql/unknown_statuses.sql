-- Rows of an in_ table whose in_status no run writes or takes; another case or a blank makes it unknown.
select cast(in_status as text) as in_status, count(*) as rows
from {{ in_schema | ident }}.{{ table | ident }}
where in_status is null or in_status not in ('', 'ON_WORK', 'DONE', 'ERROR'{{ ", 'WAITING'" if is_link }})
group by 1
order by rows desc, 1
limit 20

-- Which of the link tables have links that wait, or rows whose new status another source has left. One look at an index
-- for each table, however many links wait.
select t.name
from unnest(
    cast(:names as text[]), cast(:bos as text[]), cast(:fields as text[]), cast(:target_bos as text[])
) as t (name, bo, field, target_bo)
where (
    select true
    from store_demo.boi_reference r
    where r.bo = t.bo and r.field = t.field and r.target_bo = t.target_bo
    limit 1
) or (
    select true
    from store_demo.pending_status p
    where p.bo = t.bo and p.field = t.field and p.target_bo = t.target_bo
    limit 1
)
-- In how many runs rows of this id were rejected, as far as errors are kept and counted. Asked in the order of the
-- index on (in_table, in_id).
select count(distinct r.run) as runs
from (
    select e.run
    from {{ schema | ident }}.err e
    where (e.in_table, e.in_id) >= (:in_table, :in_id) and (e.in_table, e.in_id) <= (:in_table, :in_id)
      and e.severity = 'error'
    order by e.in_table, e.in_id
    limit :most
) r

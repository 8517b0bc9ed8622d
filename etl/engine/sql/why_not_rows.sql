-- Why rows are not merged, the most frequent reason first.
select w.in_table, w.in_status, w.rows, w.oldest_inserted_date as oldest, w.reason, w.reason_rus
from {{ schema | ident }}.why_not w
order by w.rows desc, w.in_table, w.reason
limit 100

-- What the newest comparison says of rows of ours; of others the table may have more.
select in_id, difference
from {{ schema | ident }}.process_difference
where in_table = :table and starts_with(in_id, :prefix)

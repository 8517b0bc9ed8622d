-- Copies past their age. The pattern keeps a list that somebody has written into from naming any other table.
select copy_table
from {{ in_schema | ident }}.copy_table_info
where copied_at < clock_timestamp() - make_interval(days => :days)
  and copy_table ~ '^copy_[0-9]{4}_[0-9]{2}_[0-9]{2}_in_[A-Za-z0-9_]+$'
order by copied_at, copy_table

-- Copies past their age; one with a day in the future was made while the clock was wrong, and is as old as its run. The
-- pattern keeps a list that was edited by hand from naming any other table.
select copy_table
from {{ in_schema | ident }}.copy_table_info
where (
    copied_at < clock_timestamp() - make_interval(days => :days) or (copied_at > clock_timestamp() and run < :before)
  )
  and copy_table ~ '^copy_[0-9]{4}_[0-9]{2}_[0-9]{2}_in_[A-Za-z0-9_]+$'
order by copied_at, copy_table
